"""The databases the server runs on: SQLite on one machine, PostgreSQL where users outgrow it."""

import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing

import psycopg
from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError

from server.foundation.config import ConfigError

WAIT_SECONDS = 15
"""How long a request waits for another's lock, or for a connection, before the caller is told to come back."""

STATEMENT_SECONDS, IDLE_SECONDS = 30, 60
"""How long PostgreSQL works on one statement, and keeps a transaction open that nobody works in."""

PAUSE_SECONDS = 0.05
THREADS = 4

WRITES: Mapping[str, Mapping[str, str]] = {
    "sqlite": {"begin": "IMMEDIATE"},
    "postgresql": {"isolation_level": "SERIALIZABLE"},
}
"""How a transaction begins in which everything read stays true until the commit."""

WRITES_UNDER_LOCK: Mapping[str, Mapping[str, str]] = {
    **WRITES,
    "postgresql": {"isolation_level": "READ COMMITTED"},
}
"""The same for one that first locks what all the rest concerns: after waiting it sees what the other wrote."""

LOST_RACES = ("40001", "40P01")
"""PostgreSQL's words for a transaction that would succeed if it were done again: serialisation, deadlock."""

RowGone = ObjectDeletedError | StaleDataError
"""What is raised where another transaction removed a row that this one had read."""


def connect(url: str, threads: int = THREADS) -> Engine:
    """Return an engine for `url` with a connection for each of `threads`; `postgresql://` is by psycopg.

    No value of a row appears in its errors: they are health records.

    Raises:
        ConfigError: the URL is malformed, or of a database that the server does not run on.
    """
    try:
        address = make_url(url)
        make = {"sqlite": _sqlite, "postgresql": _postgresql, "postgres": _postgresql}[address.get_backend_name()]
    except (ArgumentError, KeyError) as error:
        raise ConfigError(
            "ACNETRACK_DATABASE_URL names no database that this server runs on; for example"
            " sqlite:////srv/acnetrack/acnetrack.db or postgresql://acnetrack@localhost/acnetrack."
        ) from error
    if address.get_backend_name() == "sqlite" and "?" in url:
        raise ConfigError(
            "ACNETRACK_DATABASE_URL has a '?' in it, which begins what SQLite takes no notice of here; in the name of a"
            " folder or file write it as %3F."
        )
    return make(address, threads)


def lost_race(error: SQLAlchemyError) -> bool:
    """Return whether the transaction may succeed when it is done again, because another one was in its way.

    A key that exists already counts, and a row that is gone: done again, the service sees it and says so itself.
    """
    return isinstance(error, IntegrityError | RowGone) or _sqlstate(error) in LOST_RACES


def _sqlstate(error: SQLAlchemyError) -> str | None:
    return getattr(getattr(error, "orig", None), "sqlstate", None)


def why_unusable(error: DBAPIError) -> str:
    """Return why a database could not be opened, with what to look at where the driver does not say."""
    if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_CANTOPEN:
        return "unable to open the database file; its folder has to exist and to be writable for the server's user"
    return str(error.orig)


def _sqlite(address: URL, threads: int) -> Engine:
    """WAL, full durability, foreign keys, zeros where something was deleted, and an explicit BEGIN."""
    engine = create_engine(address, hide_parameters=True, pool_size=threads, connect_args={"timeout": WAIT_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def truncate_log(engine: Engine) -> None:
    """Empty the file that SQLite writes ahead, which holds what was deleted since; waits for those who read in it."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # The driver would otherwise choose when to BEGIN, and choose too late.
    _write_ahead(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Choose WAL; of several that open a new file at once, SQLite refuses all but one without letting them wait."""
    for _ in range(round(WAIT_SECONDS / PAUSE_SECONDS)):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
        time.sleep(PAUSE_SECONDS)
    connection.execute("PRAGMA journal_mode=WAL")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")


def _postgresql(address: URL, threads: int) -> Engine:
    """Reads see one moment, as on SQLite; a peer that is gone is noticed, a statement that never ends is ended."""
    limits = {
        "statement_timeout": STATEMENT_SECONDS,
        "lock_timeout": WAIT_SECONDS,
        "idle_in_transaction_session_timeout": IDLE_SECONDS,
    }
    engine = create_engine(
        address.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        isolation_level="REPEATABLE READ",
        pool_size=threads,
        max_overflow=1,
        pool_timeout=WAIT_SECONDS,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": WAIT_SECONDS,
            "tcp_user_timeout": 1000 * WAIT_SECONDS,
            "application_name": "acnetrack",
            "options": " ".join(f"-c {name}={seconds}s" for name, seconds in limits.items()),
        },
    )
    event.listen(engine, "handle_error", _forget_values)
    return engine


def _forget_values(context: ExceptionContext) -> None:
    """Reduce PostgreSQL's message, which quotes the values of the row it refuses, to its code and constraint."""
    error, raised = context.original_exception, context.sqlalchemy_exception
    if isinstance(error, psycopg.Error) and error.sqlstate and raised:
        error.args = raised.args = (
            f"SQLSTATE {error.sqlstate} ({error.diag.constraint_name or type(error).__name__})",
        )
