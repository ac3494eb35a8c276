"""Moving a database to another version, each time in one transaction."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import cast

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from server.foundation.db.engines import WRITES_UNDER_LOCK

PATIENTLY = (
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL lock_timeout = 0",
    "SELECT pg_advisory_xact_lock(1633906278)",
)
"""What a migration says first to PostgreSQL: a large table takes its time, and only one migrates (any number)."""


class NotMigrated(Exception):
    """The database has another version than the program; the message says what to run."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database up to `revision`, by default the newest."""
    with _transaction(engine) as connection:
        command.upgrade(_config(connection=connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to `revision`; `base` is an empty one."""
    with _transaction(engine) as connection:
        command.downgrade(_config(connection=connection), revision)


def version_of(engine: Engine) -> str | None:
    """Return the database's version, None where it was never migrated."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def newest_version() -> str | None:
    """Return the version that the program needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def require_newest(engine: Engine) -> None:
    """Check that the database has the program's version.

    Raises:
        NotMigrated: it has an older one, a newer one or none.
    """
    current, newest = version_of(engine), newest_version()
    if current != newest:
        raise NotMigrated(
            f"The database is at version {current or 'none'}, this program needs {newest}; run `acnetrack db upgrade`."
        )


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    """Open the transaction of a migration, for which others that migrate wait.

    Raises:
        IntegrityError: a row would refer to one that is not there.
    """
    name = engine.dialect.name
    with engine.connect() as pooled:
        connection = pooled.execution_options(**WRITES_UNDER_LOCK[name])
        with _without_references(connection) if name == "sqlite" else connection.begin():
            if name == "postgresql":
                for statement in PATIENTLY:
                    connection.exec_driver_sql(statement)
            yield connection


@contextmanager
def _without_references(connection: Connection) -> Iterator[None]:
    """Open a transaction of SQLite that checks references at its end, as its tables are made anew."""
    driver = cast(sqlite3.Connection, connection.connection.dbapi_connection)
    driver.execute("PRAGMA foreign_keys=OFF")  # Inside a transaction it would have no effect.
    try:
        with connection.begin():
            yield
            if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
                raise IntegrityError("foreign_key_check", None, ValueError(f"{len(broken)} references are broken"))
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _config(**attributes: object) -> AlembicConfig:
    config = AlembicConfig(attributes=attributes)
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
