"""The encrypted photos of a folder store: copied once, and shared by the backups that hold the same file."""

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from server.foundation.durable import to_disk
from server.operations.manifest import File, hashed

PHOTOS = "photos"
"""Their folder in a backup."""


def names_in(folder: Path) -> Iterator[str]:
    """Return the files of a store by their path in it; not those that are still being written."""
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if "#" not in name and not name.startswith("."):
                yield (Path(parent) / name).relative_to(folder).as_posix()


def copy_photos(store: Path, target: Path, previous: Path | None, known_files: Mapping[str, File]) -> dict[str, File]:
    """Copy the store's files and return them by name; files of the `previous` backup, `kept`, are linked to.

    The store never writes into a file, so one of the same name, size and time is the same. A file that is deleted
    meanwhile is left out.
    """
    done: dict[str, File] = {}
    for name in names_in(store):
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            if (
                previous
                and (same := known_files.get(f"{PHOTOS}/{name}"))
                and _linked(store / name, previous / name, path)
            ):
                done[name] = same
                continue
            shutil.copy2(store / name, path)
        except FileNotFoundError:
            continue
        to_disk(path)
        done[name] = hashed(path)
    for folder in (target, *(path for path in target.rglob("*") if path.is_dir())):
        to_disk(folder)
    return done


def add_missing(source: Path, store: Path) -> None:
    """Copy the files that the store lacks, each whole or not at all."""
    for name in names_in(source):
        path = store / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_name(f"{path.name}#restoring")
            shutil.copy2(source / name, partial)
            to_disk(partial)
            os.replace(partial, path)
            to_disk(path.parent)


def _linked(current: Path, previous: Path, path: Path) -> bool:
    """Make `path` another name of the previous backup's file, if that is the same as the current one."""
    now = current.stat()
    try:
        before = previous.stat()
        if (before.st_size, before.st_mtime_ns) != (now.st_size, now.st_mtime_ns):
            return False
        os.link(previous, path)
    except OSError:
        return False
    return True
