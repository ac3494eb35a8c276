"""Putting a backup in place of what is there: built beside it, brought up to date, then swapped at once.

Killed at any moment it leaves the old database or the new one; run again it begins anew. Photos are only added to
the store before the swap, and only those removed that the journal says were deleted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from alembic.util import CommandError
from flask import Flask
from sqlalchemy import select

from server.application.factory import create_app
from server.foundation import db
from server.foundation.clock import Clock
from server.foundation.config import Config
from server.foundation.journal.recording import journal
from server.foundation.keys.errors import EncryptionError, KeyShredded
from server.foundation.keys.keys import key_ring
from server.migrations.runner import upgrade
from server.operations.databases import Database, database_at
from server.operations.errors import BackupDamaged, RestoreFailed, TargetNotEmpty
from server.operations.manifest import MANIFEST, Manifest, backups_in
from server.operations.photo_files import PHOTOS, add_missing
from server.operations.replay import Replayed, replay
from server.photos.models import StoredPhoto

NO_JOURNAL = (
    "ACNETRACK_JOURNAL_URL names another journal than the server had when the backup was taken; put that one back, for"
    " it knows what was deleted, erased and revoked since. If it is lost for good, give --journal-lost: all of that"
    " comes back."
)


@dataclass(frozen=True)
class Restored:
    """Which backup was put in place, and what was done again on it."""

    backup: Path
    replayed: Replayed


def restore(
    config: Config, folder: Path, over: bool = False, any_journal: bool = False, clock: Clock | None = None
) -> Restored:
    """Put the backup in `folder`, or the newest of several in it, in place of the server's database.

    Every owner's next pull is answered 410 `restored`: their phone posts what it has and pulls everything. With
    `any_journal` it goes on though the journal is not the one of the backup: what was undone since is then undone
    no longer.

    Raises:
        BackupDamaged: it is not what was written.
        ServerRunning, TargetNotEmpty: the database is in use, or holds records and `over` is not given.
        RestoreFailed: it cannot be loaded, or its journal or the keys of its photos are not there.
    """
    backup = _chosen(folder)
    manifest = Manifest.read(backup)
    database = database_at(config.database_url)
    if database.copy_name not in manifest.files:
        raise RestoreFailed(
            f"{backup} is a backup of a {manifest.database} database; set ACNETRACK_DATABASE_URL to one of that kind."
        )
    manifest.verify(backup)
    database.require_offline()
    if database.holds_records() and not over:
        raise TargetNotEmpty
    try:
        with _application(config, database, backup, clock) as app, app.app_context():
            if journal().name != manifest.journal and not any_journal:
                raise RestoreFailed(NO_JOURNAL)
            _require_keys()
            if (backup / PHOTOS).is_dir() and not config.photo_store:
                add_missing(backup / PHOTOS, config.photo_dir)
            replayed = replay()
        database.require_offline()
        database.swap()
    finally:
        database.discard_staged()
    return Restored(backup, replayed)


def _chosen(folder: Path) -> Path:
    if (folder / MANIFEST).is_file():
        return folder
    if backups := backups_in(folder):
        return backups[-1]
    raise BackupDamaged(f"{folder} is no backup and holds none; name what `acnetrack admin backup` made.")


@contextmanager
def _application(config: Config, database: Database, backup: Path, clock: Clock | None) -> Iterator[Flask]:
    """Load the backup beside the database, migrate it, and give the application that works on it."""
    url = database.stage(backup / database.copy_name)
    app = create_app(replace(config, database_url=url), clock)
    try:
        upgrade(app.extensions["acnetrack.engine"])
        yield app
    except CommandError as error:
        raise RestoreFailed(f"The backup is of a newer version of acnetrack; install that one. ({error})") from error
    finally:
        for name in ("acnetrack.engine", "acnetrack.journal"):
            app.extensions[name].dispose()


def _require_keys() -> None:
    """Refuse to go on where photos would be there that nobody can read: their keys may only not be mounted."""
    lost = 0
    for timeline_id in db.session().scalars(select(StoredPhoto.timeline_id).distinct()):
        try:
            key_ring().existing_key_of(timeline_id)
        except KeyShredded:
            continue
        except EncryptionError:
            lost += 1
    db.release()
    if lost:
        raise RestoreFailed(
            f"The keys of {lost} patients whose photos are in the backup are not in ACNETRACK_KEY_DIR, or not under"
            " ACNETRACK_MASTER_KEY; put your copy of the keys there first. They are never part of a backup."
        )
