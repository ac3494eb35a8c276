"""Files that are there whole, or not at all, and that a power cut does not take back."""

import os
from pathlib import Path


def write_durably(path: Path, data: bytes) -> None:
    """Put `data` in the place of what is at `path`, readable by this user only; one writer at a time.

    What a kill leaves behind is `unfinished(path)`, and the next write replaces it.
    """
    beside = unfinished(path)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    sync_folder(path.parent)


def unfinished(path: Path) -> Path:
    """Return where a file is written before it takes its place."""
    return path.with_name(path.name + ".new")


def sync_folder(folder: Path) -> None:
    """Wait until the folder's entries have reached the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
