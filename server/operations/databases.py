"""The database of a server, as something to copy and to replace."""

from pathlib import Path
from typing import Protocol

from sqlalchemy import make_url

from server.operations.postgresql import PostgresqlDatabase
from server.operations.sqlite import SqliteDatabase


class Database(Protocol):
    """A database that can be copied while it serves, and replaced at once while it does not."""

    copy_name: str

    def copy_to(self, target: Path) -> None:
        """Write a copy of one moment to `target`. Raises BackupFailed."""
        ...

    def require_offline(self) -> None:
        """Check that nobody uses it. Raises ServerRunning."""
        ...

    def holds_records(self) -> bool:
        """Return whether anybody has an account in it."""
        ...

    def stage(self, copy: Path) -> str:
        """Load a copy beside it and return its URL. Raises RestoreFailed."""
        ...

    def discard_staged(self) -> None:
        """Remove what was staged and not put in place."""
        ...

    def swap(self) -> None:
        """Put what was staged in its place, at once. Raises BackupDamaged, ServerRunning."""
        ...


def database_at(url: str) -> Database:
    """Return the database that ACNETRACK_DATABASE_URL names."""
    return SqliteDatabase(url) if make_url(url).get_backend_name() == "sqlite" else PostgresqlDatabase(url)
