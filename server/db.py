"""The database: one engine an application, one session a request, writes that lock before they read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

from flask import Flask, current_app, g
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    TypeDecorator,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import DeclarativeBase, Session

from server.config import ConfigError

BUSY_SECONDS = 15
"""How long a SQLite writer waits for another before the caller is told to come back."""


class Base(DeclarativeBase):
    """What every table's class derives from."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database, also where the database knows no offsets."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant in UTC; a naive one is a programming error."""
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs its UTC offset")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant with its offset."""
        return value and (value if value.tzinfo else value.replace(tzinfo=UTC))


def connect(url: str) -> Engine:
    """Return an engine for `url`; on SQLite with WAL, full durability, foreign keys and explicit BEGIN.

    Parameters never appear in its errors: they are health records.

    Raises:
        ConfigError: the URL is malformed, or its driver is not installed.
    """
    try:
        if make_url(url).get_backend_name() != "sqlite":
            return create_engine(url, hide_parameters=True, pool_pre_ping=True)
    except (ArgumentError, ImportError) as error:
        raise ConfigError(
            "ACNETRACK_DATABASE_URL names no database that this installation can use; for example"
            " sqlite:////srv/acnetrack/acnetrack.db."
        ) from error
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # The driver would otherwise choose when to BEGIN, and choose too late.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")


def init_app(app: Flask, url: str) -> None:
    """Give `app` its engine and close each request's session when the request ends."""
    app.extensions["acnetrack.engine"] = connect(url)

    @app.teardown_appcontext
    def _close(_error: BaseException | None) -> None:
        if (current := g.pop("session", None)) is not None:
            current.close()


def engine() -> Engine:
    """Return the running application's engine."""
    return cast(Engine, current_app.extensions["acnetrack.engine"])


def session() -> Session:
    """Return the session of this request (or application context), made on first use."""
    if "session" not in g:
        g.session = Session(engine(), expire_on_commit=False)
    return cast(Session, g.session)


@contextmanager
def write() -> Iterator[Session]:
    """Open the one write transaction of a service: all of it is committed at the end, or none.

    It begins anew, so that what is read inside is what is true while the lock is held. Inside another `write`
    it joins that one.
    """
    current = session()
    if current.info.get("writing"):
        yield current
        return
    current.rollback()
    current.info["writing"] = True
    try:
        current.connection(execution_options={"begin": "IMMEDIATE"})
        yield current
        current.commit()
    except BaseException:
        current.rollback()
        raise
    finally:
        current.info["writing"] = False
