"""The phone bundle that this server hands out, as its manifest lists it."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from server.errors import Problem

LINE = "lesions"


class ModelUnknown(Problem):
    """No such line of models, or no such file in it."""

    status = 404
    code = "model_unknown"
    detail = "There is no such model or file; the files are those in /v1/models/lesions/manifest."


class ModelMissing(Problem):
    """The server was installed without its bundle."""

    status = 503
    code = "model_missing"
    detail = "This server has no model to deliver; its operator sets ACNETRACK_MODELS_DIR to a bundle."


@dataclass(frozen=True)
class ReleasedFile:
    """One file of the bundle and the hash that is its ETag."""

    path: Path
    sha256: str


def manifest_of(models_dir: Path, line: str) -> ReleasedFile:
    """Return the manifest of a line of models.

    Raises:
        ModelUnknown: there is no such line.
        ModelMissing: the bundle is not there.
    """
    if line != LINE:
        raise ModelUnknown
    path = models_dir / "manifest.json"
    try:
        return ReleasedFile(path, hashlib.sha256(path.read_bytes()).hexdigest())
    except OSError as error:
        raise ModelMissing from error


def file_of(models_dir: Path, line: str, name: str) -> ReleasedFile:
    """Return a file that the manifest lists.

    Raises:
        ModelUnknown: it lists no such file.
        ModelMissing: the bundle, or that file of it, is not there.
    """
    listed = json.loads(manifest_of(models_dir, line).path.read_bytes())["files"]
    if name not in listed:
        raise ModelUnknown
    if not (models_dir / name).is_file():
        raise ModelMissing
    return ReleasedFile(models_dir / name, listed[name]["sha256"])
