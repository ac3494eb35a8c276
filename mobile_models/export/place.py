"""A folder and its zip that appear complete or not at all, whenever the export is stopped."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mobile_models.bundle import MANIFEST

NEW, OLD = "new", "old"


class OutTaken(FileExistsError):
    """The output folder holds something that is no bundle, and is not replaced by one."""


def zip_of(out: Path) -> Path:
    """Return where the zip of a bundle lies: beside it."""
    return out.with_name(f"{out.name}.zip")


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """Give an empty folder to fill, beside ``out``, and on leaving without an error nothing of it.

    What an export that was killed left there is removed first; a bundle that it had put aside is put back.

    Raises:
        OutTaken: something else than a bundle lies at ``out``.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{out.name}-"
    for left in out.parent.glob(f"{prefix}*"):
        if (left / OLD).exists() and not out.exists():
            os.replace(left / OLD, out)
        shutil.rmtree(left)
    if out.exists() and not (out / MANIFEST).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise OutTaken(f"{out} holds something that is no bundle. Name another folder with --out.")
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=prefix) as scratch:
        folder = Path(scratch) / NEW
        folder.mkdir()
        yield folder


def put(folder: Path, archive: Path, out: Path) -> None:
    """Put a bundle and its zip in the place of what was there; the zip never is of another bundle than the folder."""
    aside = folder.with_name(OLD)
    zip_of(out).unlink(missing_ok=True)
    if out.exists():
        os.replace(out, aside)
    try:
        os.replace(folder, out)
    except OSError:
        if aside.exists():
            os.replace(aside, out)
        raise
    os.replace(archive, zip_of(out))
