"""Files and names that a power cut does not take back."""

import os
from pathlib import Path


def to_disk(path: Path) -> None:
    """Return once a file's contents, or a folder's names, have reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def name_to_disk(path: Path) -> None:
    """Return once the name of a file or folder has reached the disk."""
    to_disk(path.resolve().parent)


def write_durably(path: Path, data: bytes) -> None:
    """Put `data` in the place of what is at `path`, whole or not at all, readable by this user only.

    One writer at a time. What a kill leaves behind is `unfinished(path)`, and the next write replaces it.
    """
    beside = unfinished(path)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    to_disk(path.parent)


def unfinished(path: Path) -> Path:
    """Return where a file is written before it takes its place."""
    return path.with_name(path.name + ".new")
