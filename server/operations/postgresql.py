"""A PostgreSQL database dumped while it is written to, and replaced in one transaction while it is not."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from server.foundation.durable import to_disk
from server.operations.errors import BackupFailed, RestoreFailed, ServerRunning

COPY = "database.dump"
MAINTENANCE = "postgres"
"""The database from which others are made and renamed."""

OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid() AND usesysid IS NOT NULL"
"""Who is connected as somebody: PostgreSQL's own autovacuum is nobody, and goes when a database is renamed."""

_ENVIRONMENT = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}


class PostgresqlDatabase:
    """The database that `url` names; its role needs CREATEDB for a restore, and for nothing else."""

    copy_name = COPY

    def __init__(self, url: str) -> None:
        self._url = make_url(url).set(drivername="postgresql+psycopg")
        self._name = self._url.database or ""
        self._staged, self._before = f"{self._name}_restoring", f"{self._name}_before_restore"

    def copy_to(self, target: Path) -> None:
        """Dump the database as it is at one moment; writers go on meanwhile.

        Raises:
            BackupFailed: pg_dump is not installed, or cannot dump.
        """
        try:
            options = ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"]
            _run(_program("pg_dump"), *options, url=self._url)
            _run(_program("pg_restore"), "--list", str(target), url=self._url)
        except _ProgramFailed as error:
            raise BackupFailed(f"No backup was made. {error}") from error
        to_disk(target)

    def require_offline(self) -> None:
        """Check that nobody else is connected.

        Raises:
            ServerRunning: somebody is.
        """
        with self._maintenance() as connection:
            if connection.execute(OTHERS, [self._name]).fetchone() != (0,):
                raise ServerRunning

    def holds_records(self) -> bool:
        """Return whether anybody has an account in it."""
        if not self._exists(self._name):
            return False
        with _connected(self._url) as connection:
            (table,) = connection.execute("SELECT to_regclass('users')").fetchone() or (None,)
            return bool(table and connection.execute("SELECT 1 FROM users LIMIT 1").fetchone())

    def stage(self, copy: Path) -> str:
        """Load `copy` into a database beside and return its URL.

        Raises:
            RestoreFailed: the role may not make databases, or the dump cannot be loaded.
        """
        self.discard_staged()
        staged = self._url.set(database=self._staged)
        try:
            with self._maintenance() as connection:
                connection.execute(_named("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", self._staged))
            options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
            _run(_program("pg_restore"), *options, f"--dbname={self._staged}", str(copy), url=staged)
        except psycopg.errors.InsufficientPrivilege as error:
            raise RestoreFailed(
                "The role of ACNETRACK_DATABASE_URL may not make a database; give it CREATEDB for the restore."
            ) from error
        except _ProgramFailed as error:
            raise RestoreFailed(f"The backup's dump cannot be loaded. {error}") from error
        return staged.render_as_string(hide_password=False)

    def discard_staged(self) -> None:
        """Drop what was staged, also by a process that was killed, and what was replaced."""
        with self._maintenance() as connection:
            connection.execute(_named("DROP DATABASE IF EXISTS {}", self._staged))
            if self._exists(self._name):
                connection.execute(_named("DROP DATABASE IF EXISTS {}", self._before))

    def swap(self) -> None:
        """Put what was staged in the database's place, in one transaction, and drop what was there."""
        rename = "ALTER DATABASE {} RENAME TO {}"
        with self._maintenance() as connection:
            try:
                with connection.transaction():
                    if self._exists(self._name):
                        connection.execute(_named(rename, self._name, self._before))
                    connection.execute(_named(rename, self._staged, self._name))
            except psycopg.errors.ObjectInUse as error:
                raise ServerRunning from error
            connection.execute(_named("DROP DATABASE IF EXISTS {}", self._before))

    def _exists(self, name: str) -> bool:
        with self._maintenance() as connection:
            databases = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            return databases.fetchone() is not None

    @contextmanager
    def _maintenance(self) -> Iterator[psycopg.Connection[Any]]:
        with _connected(self._url.set(database=MAINTENANCE)) as connection:
            yield connection


class _ProgramFailed(Exception):
    pass


@contextmanager
def _connected(url: URL) -> Iterator[psycopg.Connection[Any]]:
    how = _connect_arguments(url)
    try:
        connection = psycopg.connect(**how, autocommit=True)
    except psycopg.OperationalError as error:
        raise RestoreFailed(f"The PostgreSQL server does not answer: {error}") from error
    with connection:
        yield connection


def _connect_arguments(url: URL) -> dict[str, Any]:
    dialect: Any = PGDialect_psycopg
    return dict(dialect().create_connect_args(url)[1])


def _named(statement: str, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))


def _program(name: str) -> str:
    """Return the newest `name` that is installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    if program := (str(debian[-1]) if debian else shutil.which(name)):
        return program
    raise _ProgramFailed(f"{name} is not installed; install the postgresql-client of your server's version or newer.")


def _run(*command: str, url: URL) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, which other users cannot read."""
    how = _connect_arguments(url)
    address = {_ENVIRONMENT.get(name, f"PG{name.upper()}"): str(value) for name, value in how.items()}
    done = subprocess.run(command, env={**os.environ, **address}, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        messages = done.stderr.strip().splitlines() or ["it said nothing"]
        raise _ProgramFailed(f"{Path(command[0]).name} failed: {messages[0]}")
