"""Taking a backup while the server serves: complete under its final name, or not there at all."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from server.foundation.clock import Clock, SystemClock
from server.foundation.config import Config
from server.foundation.db import connect
from server.foundation.durable import name_to_disk, to_disk
from server.foundation.journal.entries import Journal
from server.foundation.sqlite_files import sqlite_file
from server.migrations.runner import version_of
from server.operations.databases import database_at
from server.operations.errors import BackupFailed
from server.operations.manifest import MANIFEST, NAME, Manifest, backups_in, begun_at, hashed
from server.operations.photo_files import PHOTOS, copy_photos

PARTIAL = ".partial"
ELSEWHERE = (
    "not in this backup: they are in {store}; switch on the bucket's versioning, and keep deleted versions no longer"
    " than the backups"
)


def back_up(config: Config, folder: Path, clock: Clock | None = None) -> Path:
    """Take a backup into a new folder inside `folder`, and return it.

    It holds the database, and where photos are in a folder these, encrypted as they are; never a key, the secret
    key or the journal. The database is copied first: a photo that is there has its record, and one whose bytes were
    deleted meanwhile is deleted when the backup is restored.

    Raises:
        BackupFailed: it could not be written or is not sound, or another one is being taken; nothing is left of it.
    """
    _refuse_secrets(config)
    engine = connect(config.database_url)
    try:
        schema = version_of(engine)
    finally:
        engine.dispose()
    if schema is None:
        raise BackupFailed("ACNETRACK_DATABASE_URL names a database that is not this server's; nothing was backed up.")
    with _alone(folder):
        name = (clock or SystemClock()).now().strftime(NAME)
        partial = folder / (name + PARTIAL)
        try:
            partial.mkdir(mode=0o700)
            _fill(config, partial, next(reversed(backups_in(folder)), None), name, schema)
            os.rename(partial, folder / name)
        except OSError as error:
            raise BackupFailed(f"The backup cannot be written to {folder}: {error.strerror or error}.") from error
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        name_to_disk(folder / name)
    return folder / name


def prune(folder: Path, config: Config, clock: Clock | None = None) -> list[Path]:
    """Remove backups older than `backup_retention_days` and return them; the newest stays in any case."""
    oldest = (clock or SystemClock()).now() - timedelta(days=config.backup_retention_days)
    with _alone(folder):
        old = [backup for backup in backups_in(folder)[:-1] if begun_at(backup) < oldest]
        for backup in old:
            (backup / MANIFEST).unlink()  # From here on it is no backup, should this be killed half-way.
            shutil.rmtree(backup)
    return old


def _fill(config: Config, partial: Path, previous: Path | None, name: str, schema: str) -> None:
    database = database_at(config.database_url)
    copy = partial / database.copy_name
    database.copy_to(copy)
    files = {copy.name: hashed(copy)}
    photos = ELSEWHERE.format(store=config.photo_store) if config.photo_store else "here"
    if not config.photo_store:
        known_files = Manifest.read(previous).files if previous else {}
        (partial / PHOTOS).mkdir()
        copied = copy_photos(config.photo_dir, partial / PHOTOS, previous and previous / PHOTOS, known_files)
        files |= {f"{PHOTOS}/{name}": file for name, file in copied.items()}
    kind = type(database).__name__.removesuffix("Database").lower()
    manifest = Manifest(name, schema, kind, photos, _name_of_journal(config), files)
    manifest.verify(partial, lambda each: (partial / each).stat().st_nlink == 1)
    (partial / MANIFEST).write_text(manifest.to_json())
    to_disk(partial / MANIFEST)
    to_disk(partial)


def _name_of_journal(config: Config) -> str:
    journal = Journal(config.journal_address)
    try:
        return journal.name
    finally:
        journal.dispose()


def _refuse_secrets(config: Config) -> None:
    """Refuse a layout in which keys or the journal would be copied along."""
    journal = sqlite_file(config.journal_address)
    for name, path in (("ACNETRACK_KEY_DIR", config.key_dir), ("ACNETRACK_JOURNAL_URL", journal)):
        if path and config.photo_dir.resolve() in (path.resolve(), *path.resolve().parents):
            raise BackupFailed(f"{name} is inside ACNETRACK_PHOTO_DIR, which is backed up; move it out of there.")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep every other backup out of `folder`, and clear up what a killed one left."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise BackupFailed(f"{folder} cannot be written to: {error.strerror}.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in folder.glob(f"*{PARTIAL}"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    except BlockingIOError as error:
        raise BackupFailed(f"Another backup is being taken into {folder}; wait until it is done.") from error
    finally:
        os.close(descriptor)
