"""The phone bundle: a folder with a model, its manifest and everything that gives its numbers a meaning."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from mobile_models.calibration import Calibration
from mobile_models.errors import AssessmentError
from mobile_models.lesions import MEASURES, TYPES
from mobile_models.zones import ZoneTable

SCHEMA = 1
APP_VERSION = (0, 1, 0)
RELEASED = Path(__file__).parent / "released"
MANIFEST = "manifest.json"
NOT_HASHED = (MANIFEST, "manifest.sig")
OBJECTS = ("files", "input", "zones", "grading", "calibration", "mdc")
REQUIRED = (*OBJECTS, "id", "version", "minimum_app_version", "default_file", "outputs", "classes")
OWN_GRADING = Path(__file__).parent / "grading" / "tables.json"


class BundleMissing(AssessmentError):
    """No bundle lies where one was looked for."""

    code: ClassVar[str] = "bundle_missing"


class BundleCorrupt(AssessmentError):
    """The bundle is not what its manifest says, or its manifest makes no sense."""

    code: ClassVar[str] = "bundle_corrupt"


class BundleUnsupported(AssessmentError):
    """The bundle is sound but needs another version of this software."""

    code: ClassVar[str] = "bundle_unsupported"


@dataclass(frozen=True)
class Bundle:
    """A bundle whose files were found to be what its manifest says."""

    folder: Path
    manifest: Mapping[str, Any]

    @classmethod
    def open(cls, folder: Path | str = RELEASED) -> Bundle:
        """Read a bundle and check every file's size and sha256, and every table, before anything is used.

        Raises:
            BundleMissing, BundleCorrupt, BundleUnsupported: naming what is wrong and what to do.
        """
        folder = Path(folder)
        manifest = _read_manifest(folder / MANIFEST)
        _check_versions(manifest)
        if absent := [key for key in REQUIRED if key not in manifest]:
            raise _corrupt(f"its manifest lacks {', '.join(absent)}")
        if tuple(manifest["classes"]) != TYPES:
            raise BundleUnsupported(
                f"The bundle's classes are not {', '.join(TYPES)} in this order. Use a bundle made by export.py."
            )
        if odd := [key for key in OBJECTS if not isinstance(manifest[key], dict)]:
            raise _corrupt(f"its manifest's {', '.join(odd)} is no object")
        if manifest["default_file"] not in manifest["files"]:
            raise _corrupt("its default_file is not among its files")
        for name, facts in manifest["files"].items():
            _check_file(folder, name, facts)
        bundle = cls(folder, manifest)
        bundle._check_tables()
        return bundle

    @property
    def id(self) -> str:
        """The model's name."""
        return str(self.manifest["id"])

    @property
    def version(self) -> str:
        """The model's semantic version."""
        return str(self.manifest["version"])

    @property
    def model_path(self) -> Path:
        """The TFLite file used unless another is asked for."""
        return self.folder / str(self.manifest["default_file"])

    @property
    def model_sha256(self) -> str:
        """Hash of that file; with id and version it names what made an assessment."""
        return str(self.manifest["files"][self.manifest["default_file"]]["sha256"])

    @property
    def input_size_px(self) -> int:
        """Side of the model's square input."""
        return int(self.manifest["input"]["shape"][1])

    @property
    def pad_value(self) -> int:
        """Grey level around a photo that is padded to a square."""
        return int(self.manifest["input"]["pad_value"])

    @property
    def grading(self) -> Mapping[str, Any]:
        """Thresholds of every instrument, see `grading/tables.json`."""
        table: Mapping[str, Any] = self.manifest["grading"]
        return table

    @cached_property
    def zones(self) -> ZoneTable:
        """The capture oval and its zones."""
        return ZoneTable.from_manifest(self.manifest["zones"])

    @cached_property
    def calibration(self) -> Calibration:
        """What the model's scores are worth."""
        return Calibration.from_manifest(self.manifest["calibration"])

    def _check_tables(self) -> None:
        for table in ("input_size_px", "pad_value", "zones", "calibration"):
            try:
                getattr(self, table)
            except (KeyError, ValueError, TypeError, IndexError) as error:
                raise _corrupt(f"its manifest's {table} cannot be read ({error})") from error
        for name, table in json.loads(OWN_GRADING.read_text(encoding="utf-8")).items():
            given = self.grading.get(name, {})
            if isinstance(table, dict) and (absent := sorted(set(table) - set(given))):
                raise _corrupt(f"its manifest's grading for {name} lacks {', '.join(absent)}")
        if absent := sorted(set(MEASURES) - set(self.manifest["mdc"].get("sem", {}))):
            raise _corrupt(f"its manifest's mdc lacks {', '.join(absent)}")


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> Path:
    """Write a bundle's manifest over the files that lie in its folder now.

    "files" is computed: sha256 and bytes of every file below the folder but the manifest, its signature
    and hidden ones. Canonical JSON: keys sorted, UTF-8, one space, one newline at the end, no NaN.

    Returns:
        The manifest's path.
    """
    files = {
        path.relative_to(folder).as_posix(): {"sha256": _sha256(path), "bytes": path.stat().st_size}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in NOT_HASHED and not _hidden(path.relative_to(folder))
    }
    whole = {**manifest, "files": files}
    text = json.dumps(whole, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    path = folder / MANIFEST
    path.write_text(text + "\n", encoding="utf-8")
    return path


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise BundleMissing(
            f"No {MANIFEST} in the bundle folder. Name a folder that export.py wrote, or leave --bundle out "
            "to use the released one."
        ) from error
    except (OSError, ValueError) as error:
        raise _corrupt(f"its {MANIFEST} cannot be read as JSON") from error
    if not isinstance(manifest, dict):
        raise _corrupt(f"its {MANIFEST} is not a JSON object")
    return manifest


def _check_versions(manifest: Mapping[str, Any]) -> None:
    if manifest.get("schema") != SCHEMA:
        raise BundleUnsupported(
            f"The bundle's manifest has schema {manifest.get('schema')!r}; this software reads {SCHEMA}. "
            "Update the software or use an older bundle."
        )
    try:
        minimum = tuple(int(part) for part in str(manifest.get("minimum_app_version", "")).split("."))
    except ValueError as error:
        raise _corrupt("its minimum_app_version is not a version such as 0.1.0") from error
    if minimum > APP_VERSION:
        raise BundleUnsupported(
            f"The bundle needs version {manifest['minimum_app_version']} of this software, which is "
            f"{'.'.join(map(str, APP_VERSION))}. Update it or use an older bundle."
        )


def _check_file(folder: Path, name: str, facts: Mapping[str, Any]) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise _corrupt("its manifest names a file outside its folder")
    file = folder / path
    try:
        intact = file.stat().st_size == facts["bytes"] and _sha256(file) == facts["sha256"]
    except OSError as error:
        raise _corrupt(f"its file {name} is missing") from error
    except (KeyError, TypeError) as error:
        raise _corrupt(f"its manifest gives no bytes and sha256 for {name}") from error
    if not intact:
        raise _corrupt(f"its file {name} is not the one its manifest names (size or sha256 differ)")


def _corrupt(what: str) -> BundleCorrupt:
    return BundleCorrupt(f"The bundle is damaged: {what}. Copy or export the bundle again.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "__pycache__")) for part in path.parts)
