"""What a backup holds: a folder with the database, the encrypted photos, and a list of them with their hashes."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from server.operations.errors import BackupDamaged

MANIFEST = "manifest.json"
FORMAT = 1
NAME = "acnetrack-%Y%m%dT%H%M%S.%fZ"
"""A backup's folder is named by the moment it was begun, in UTC."""

_CHUNK = 1 << 20


@dataclass(frozen=True)
class File:
    """One file of a backup."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """A complete backup; `files` are named by their path in it, `schema` is the database's version.

    `photos` says where the photos are: "here", or what the operator has to do about them. `journal` names the
    journal that knows what was undone after the backup.
    """

    taken_at: str
    schema: str
    database: str
    photos: str
    journal: str
    files: Mapping[str, File]
    format: int = FORMAT

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return the manifest of the backup in `folder`.

        Raises:
            BackupDamaged: it has none that this version reads.
        """
        try:
            manifest = json.loads((folder / MANIFEST).read_bytes())
            if manifest["format"] != FORMAT:
                raise BackupDamaged(f"{folder} has format {manifest['format']}, this version restores {FORMAT}.")
            return cls(**{**manifest, "files": {name: File(**file) for name, file in manifest["files"].items()}})
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise BackupDamaged(f"{folder} is no complete backup: its {MANIFEST} cannot be read.") from error

    def to_json(self) -> str:
        """Return it as it is kept."""
        return json.dumps(asdict(self), indent=1)

    def verify(self, folder: Path, wanted: Callable[[str], bool] = lambda name: True) -> None:
        """Read the files whose name is `wanted` again.

        Raises:
            BackupDamaged: one is missing or is not what was written.
        """
        for name, file in self.files.items():
            if wanted(name) and _read(folder / name) != file:
                raise BackupDamaged(f"{folder / name} is missing or damaged; restore another backup.")


def backups_in(folder: Path) -> list[Path]:
    """Return the complete backups in a folder, oldest first."""
    return sorted(path for path in folder.glob("acnetrack-*Z") if (path / MANIFEST).is_file())


def begun_at(backup: Path) -> datetime:
    """Return when a backup was begun."""
    return datetime.strptime(backup.name, NAME).replace(tzinfo=UTC)


def hashed(path: Path) -> File:
    """Return a file's size and hash, read a piece at a time."""
    sha256, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            sha256.update(piece)
            size += len(piece)
    return File(size, sha256.hexdigest())


def _read(path: Path) -> File | None:
    try:
        return hashed(path)
    except OSError:
        return None
