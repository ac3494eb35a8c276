"""Files and names that survive a power cut."""

import os
from pathlib import Path


def keep_on_disk(path: Path) -> None:
    """Return once a file's contents, or a folder's names, have reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def keep_name(path: Path) -> None:
    """Return once the name of a file or folder has reached the disk."""
    keep_on_disk(path.resolve().parent)
