"""A bundle's manifest: its canonical form, what it must hold, and writing it over the files that lie there.

`manifest.schema.json` describes it to others; what is checked here is what this software relies on.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from mobile_models.assessment_schema import ASSESSMENT_SCHEMA_FILE
from mobile_models.bundle_errors import BundleCorrupt, BundleMissing, BundlePathOutside, BundleSchemaUnsupported
from mobile_models.version import Version

SCHEMA = 1
MANIFEST, SIGNATURE, LABELS = "manifest.json", "manifest.sig", "labels.txt"
SCHEMA_FILE = Path(__file__).parent / "manifest.schema.json"
NOT_LISTED = (MANIFEST, SIGNATURE)
OBJECTS = ("files", "input", "gate", "zones", "grading", "calibration", "mdc", "change")
REQUIRED = (*OBJECTS, "id", "line", "version", "minimum_app_version", "default_file", "outputs", "classes")
LONGEST = 4 * 2**20
_PART = r"[A-Za-z0-9_][A-Za-z0-9_+-]*(\.[A-Za-z0-9_+-]+)*"
FILE_NAME = re.compile(rf"{_PART}(/{_PART})*", re.ASCII)
_LINE = re.compile(r"[a-z0-9_-]{1,64}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def canonical(manifest: Mapping[str, Any]) -> bytes:
    """Return the one form in which a manifest is written and signed.

    Keys sorted, no space outside of texts, UTF-8 without escapes, numbers as Python writes them, no NaN, no
    newline at the end. Raises ValueError for what is not JSON.
    """
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> Path:
    """Write a bundle's manifest over the files that lie in its folder now, and lay the schemas beside it.

    "files" is computed: sha256 and bytes of every file below the folder but the manifest, its signature
    and hidden ones. A signature that lies there is removed: it would be of another manifest.

    Returns:
        The manifest's path.
    """
    for schema in (SCHEMA_FILE, ASSESSMENT_SCHEMA_FILE):
        shutil.copyfile(schema, folder / schema.name)
    files = {
        path.relative_to(folder).as_posix(): {"sha256": sha256_of(path), "bytes": path.stat().st_size}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in NOT_LISTED and not _hidden(path.relative_to(folder))
    }
    data = canonical({**manifest, "files": files})
    (folder / SIGNATURE).unlink(missing_ok=True)
    path = folder / MANIFEST
    path.write_bytes(data)
    return path


def read_bytes(path: Path) -> bytes:
    """Return a manifest's bytes.

    Raises:
        BundleMissing, BundleCorrupt: there are none, or too many.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise BundleMissing(
            f"No {MANIFEST} in the bundle folder. Name a folder that export.py wrote, or leave --bundle out "
            "to use the released one."
        ) from error
    except OSError as error:
        raise BundleCorrupt(f"its {MANIFEST} cannot be read") from error
    if len(data) > LONGEST:
        raise BundleCorrupt(f"its {MANIFEST} is longer than {LONGEST} bytes")
    return data


def parse_manifest(data: bytes) -> dict[str, Any]:
    """Return the object in a manifest's bytes. Raises BundleCorrupt for anything but a JSON object."""
    try:
        manifest = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BundleCorrupt(f"its {MANIFEST} cannot be read as JSON") from error
    if not isinstance(manifest, dict):
        raise BundleCorrupt(f"its {MANIFEST} is not a JSON object")
    return manifest


def check_manifest(manifest: Mapping[str, Any]) -> None:
    """Check what every reader of a manifest relies on.

    Raises:
        BundleSchemaUnsupported, BundlePathOutside, BundleCorrupt: naming what is wrong and what to do.
    """
    if isinstance(manifest.get("schema"), bool) or manifest.get("schema") != SCHEMA:
        raise BundleSchemaUnsupported(
            f"The bundle's manifest has schema {manifest.get('schema')!r}; this software reads {SCHEMA}. "
            "Update the software or use an older bundle."
        )
    if absent := [key for key in REQUIRED if key not in manifest]:
        raise BundleCorrupt(f"its manifest lacks {', '.join(absent)}")
    if odd := [key for key in OBJECTS if not isinstance(manifest[key], dict)]:
        raise BundleCorrupt(f"its manifest's {', '.join(odd)} is no object")
    if not _LINE.fullmatch(str(manifest["line"])):
        raise BundleCorrupt("its line is no name of lower-case letters, digits, dashes and underscores")
    for key in ("version", "minimum_app_version"):
        try:
            Version.parse(str(manifest[key]))
        except ValueError as error:
            raise BundleCorrupt(f"its {key} is not a version such as 0.1.0") from error
    for name, facts in manifest["files"].items():
        _check_entry(name, facts)
    if str(manifest["default_file"]) not in manifest["files"]:
        raise BundleCorrupt("its default_file is not among its files")


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_entry(name: str, facts: Any) -> None:
    if not FILE_NAME.fullmatch(name):
        raise BundlePathOutside("its manifest names a file outside its folder, or by characters no file of it has")
    whole = isinstance(facts, dict) and isinstance(facts.get("bytes"), int) and isinstance(facts.get("sha256"), str)
    if not whole or facts["bytes"] < 0 or not _SHA256.fullmatch(facts["sha256"]):
        raise BundleCorrupt(f"its manifest gives no bytes and sha256 for {name}")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "__pycache__")) for part in path.parts)
