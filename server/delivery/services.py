"""The phone bundle that this server hands out, as its manifest lists it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.errors import Problem

LINE, MANIFEST = "lesions", "manifest.json"


class ModelUnknown(Problem):
    """No such line of models, or no such file in it."""

    status = 404
    code = "model_unknown"
    detail = "There is no such model or file; the files are those in /v1/models/lesions/manifest."


class ModelMissing(Problem):
    """The server's bundle is not there, or not whole."""

    status = 503
    code = "model_missing"
    detail = "This server's model is missing or damaged; its operator sets ACNETRACK_MODELS_DIR to a bundle."


@dataclass(frozen=True)
class ReleasedFile:
    """One file of the bundle and the hash that is its ETag."""

    path: Path
    sha256: str


def manifest_of(models_dir: Path, line: str) -> ReleasedFile:
    """Return the manifest of a line of models.

    Raises:
        ModelUnknown: there is no such line.
        ModelMissing: the bundle is missing or damaged.
    """
    _listed(models_dir, line)
    path = models_dir / MANIFEST
    return ReleasedFile(path, hashlib.sha256(path.read_bytes()).hexdigest())


def file_of(models_dir: Path, line: str, name: str) -> ReleasedFile:
    """Return a file that the manifest lists.

    Raises:
        ModelUnknown: it lists no such file.
        ModelMissing: the bundle, or that file of it, is missing or damaged.
    """
    listed = _listed(models_dir, line)
    if name not in listed:
        raise ModelUnknown
    path = models_dir / name
    if not path.is_file() or path.stat().st_size != listed[name]["bytes"]:
        raise ModelMissing
    return ReleasedFile(path, listed[name]["sha256"])


def _listed(models_dir: Path, line: str) -> Mapping[str, Mapping[str, Any]]:
    if line != LINE:
        raise ModelUnknown
    try:
        files = json.loads((models_dir / MANIFEST).read_bytes())["files"]
        return {name: {"sha256": str(file["sha256"]), "bytes": file["bytes"]} for name, file in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelMissing from error
