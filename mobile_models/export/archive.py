"""Zips that are the same bytes whenever and wherever they are made."""

from __future__ import annotations

import zipfile
from pathlib import Path

EARLIEST = (1980, 1, 1, 0, 0, 0)
PLAIN_FILE = 0o644 << 16
UNIX = 3


def entry(name: str, compression: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    """Return a file's entry: no time, no owner, the same on every system."""
    info = zipfile.ZipInfo(name, EARLIEST)
    info.compress_type = compression
    info.external_attr = PLAIN_FILE
    info.create_system = UNIX
    return info


def write_zip(folder: Path, out: Path, name: str) -> None:
    """Write every file below ``folder`` to ``out``, under ``name``, in the order of their paths."""
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            inside = (Path(name) / path.relative_to(folder)).as_posix()
            archive.writestr(entry(inside), path.read_bytes(), compresslevel=9)
