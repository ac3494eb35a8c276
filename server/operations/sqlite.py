"""A SQLite database copied while it is written to, and replaced in one step while it is not."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from server.foundation.durable import name_to_disk, to_disk
from server.foundation.sqlite_files import sqlite_url
from server.operations.errors import BackupDamaged, BackupFailed, ServerRunning

COPY = "database.sqlite"


class SqliteDatabase:
    """The database file that `url` names."""

    copy_name = COPY

    def __init__(self, url: str) -> None:
        self.path = Path(make_url(url).database or "")
        self._staged = self.path.with_name(self.path.name + ".restoring")

    def copy_to(self, target: Path) -> None:
        """Copy the database as it is at one moment; writers go on meanwhile.

        Raises:
            BackupFailed: it cannot be read, or the copy is not sound.
        """
        try:
            with (
                closing(sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True)) as source,
                closing(sqlite3.connect(target)) as copy,
            ):
                source.backup(copy)
            _settle(target)
        except (sqlite3.Error, OSError) as error:
            raise BackupFailed(f"The database cannot be copied: {error}.") from error
        to_disk(target)

    def require_offline(self) -> None:
        """Fold everything into the one file, which needs that nobody else has it open.

        Raises:
            ServerRunning: somebody has.
        """
        if not self.path.exists():
            return
        try:
            with closing(sqlite3.connect(self.path, timeout=0, isolation_level=None)) as connection:
                (mode,) = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError as error:
            raise ServerRunning from error
        except sqlite3.DatabaseError:
            return  # Nobody serves from a file that is no database.
        if mode != "delete":
            raise ServerRunning

    def holds_records(self) -> bool:
        """Return whether anybody has an account in it; a file that cannot be read may be somebody's last copy."""
        if not self.path.exists() or self.path.stat().st_size == 0:
            return False
        try:
            with closing(sqlite3.connect(self.path)) as connection:
                tables = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'users'").fetchone()
                return bool(tables and connection.execute("SELECT 1 FROM users LIMIT 1").fetchone())
        except sqlite3.DatabaseError:
            return True

    def stage(self, copy: Path) -> str:
        """Put a copy of `copy` beside the database and return its URL."""
        self.discard_staged()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(copy, self._staged)
        return sqlite_url(self._staged)

    def discard_staged(self) -> None:
        """Remove what was staged, also by a process that was killed."""
        for path in (self._staged, *_companions(self._staged)):
            path.unlink(missing_ok=True)

    def swap(self) -> None:
        """Put what was staged in the database's place, at once.

        Raises:
            BackupDamaged: it is not sound; nothing was changed.
        """
        try:
            _settle(self._staged)
        except sqlite3.Error as error:
            raise BackupDamaged(f"The backup's database is damaged ({error}); restore another backup.") from error
        to_disk(self._staged)
        for path in _companions(self.path):
            path.unlink(missing_ok=True)  # They are of a file that could not be read, and would ruin the new one.
        os.replace(self._staged, self.path)
        name_to_disk(self.path)


def _settle(path: Path) -> None:
    """Make one file of a database that nobody else uses, and check it. Raises sqlite3.Error where it is damaged."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        damage = [*connection.execute("PRAGMA integrity_check(1)"), *connection.execute("PRAGMA foreign_key_check")]
    if damage != [("ok",)]:
        raise sqlite3.DatabaseError(f"{len(damage)} rows or pages are not sound")


def _companions(path: Path) -> list[Path]:
    return [path.with_name(path.name + suffix) for suffix in ("-wal", "-shm", "-journal")]
