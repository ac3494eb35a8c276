"""One engine an application, one session a request, writes that lock before they read."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import Flask, current_app, g
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from server.foundation.db.engines import THREADS, WRITES, WRITES_UNDER_LOCK, connect


class RequestSession(Session):
    """The session of one request: whether it writes right now, and whether the request can still be done again."""

    writing = False
    retry_safe = True


def init_app(app: Flask, url: str, threads: int = THREADS) -> None:
    """Give `app` its engine and close each request's session when the request ends."""
    app.extensions["acnetrack.engine"] = connect(url, threads)

    @app.teardown_appcontext
    def _close(_error: BaseException | None) -> None:
        if (current := g.pop("session", None)) is not None:
            try:
                current.close()
            except DBAPIError:  # The database went away meanwhile; the answer stands.
                current.invalidate()


def engine() -> Engine:
    """Return the running application's engine."""
    return cast(Engine, current_app.extensions["acnetrack.engine"])


def session() -> RequestSession:
    """Return the session of this request (or application context), made on first use."""
    if "session" not in g:
        g.session = RequestSession(engine(), expire_on_commit=False)
    return cast(RequestSession, g.session)


def release() -> None:
    """End the transaction of what was only read: before something slow, as a body that a phone is still sending.

    What was read stays usable. Inside `write` it does nothing.
    """
    current = session()
    if not current.writing:
        current.commit()


def retry_safe() -> bool:
    """Return whether this request can be done again from its start: all that it has committed may happen twice."""
    return session().retry_safe


@contextmanager
def write(under_lock: bool = False, retry_safe: bool = False) -> Iterator[Session]:
    """Open the one write transaction of a service: all of it is committed at the end, or none.

    It begins anew, and what is read inside stays true until the commit: on SQLite nobody else writes meanwhile; on
    PostgreSQL a transaction that another one contradicts fails, and the request is done again. `under_lock` spares
    that where the first statement is `locked(timeline_id)` and everything else concerns that timeline. Once it has
    committed, the request is not done again for what fails later, unless it says `retry_safe`: to write the same
    twice does no harm. Inside another `write` it joins that one, on that one's terms.
    """
    current = session()
    if current.writing:
        yield current
        return
    current.rollback()
    current.writing = True
    begin = (WRITES_UNDER_LOCK if under_lock else WRITES)[engine().dialect.name]
    try:
        current.connection(execution_options=begin)
        yield current
        current.commit()
        current.retry_safe = current.retry_safe and retry_safe
    except BaseException:
        current.rollback()
        raise
    finally:
        current.writing = False
