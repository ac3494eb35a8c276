"""Where attempts are counted: in Redis or, where there is none or it is away, in the database; never in a process.

What a process counts is gone when it is replaced, and what several of them count apart is as many times the limit.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from limits.errors import StorageError
from limits.storage import RedisStorage
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import CursorResult, Engine, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from server.foundation import clock
from server.foundation.db import Base, UtcDateTime
from server.foundation.db.engines import WRITES_UNDER_LOCK

T = TypeVar("T")

REDIS_SECONDS = 0.5
"""How long a request waits for Redis."""

REST_SECONDS = 10
"""How long Redis is left alone after it did not answer."""

INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Attempts(Base):
    """How often something was tried since its window began; `what` tells nothing of who tried."""

    __tablename__ = "attempts"

    what: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class InDatabase:
    """Counts in windows that begin with the first attempt, each in a short transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(**WRITES_UNDER_LOCK[engine.dialect.name])
        self._insert = INSERTS[engine.dialect.name]

    def add(self, key: str, seconds: int) -> int:
        """Count one more and return how many there are in this window."""
        now = clock.now()
        first = {"count": 1, "ends_at": now + timedelta(seconds=seconds)}
        over = Attempts.ends_at <= now
        again = {"count": case((over, 1), else_=Attempts.count + 1)}
        again["ends_at"] = case((over, first["ends_at"]), else_=Attempts.ends_at)
        counting = self._insert(Attempts).values(what=key, **first)
        counting = counting.on_conflict_do_update(index_elements=[Attempts.what], set_=again)
        with self._engine.begin() as connection:
            count = cast(int, connection.scalar(counting.returning(Attempts.count)))
        if count == 1:
            self._forget_past(now)
        return count

    def give_back(self, key: str) -> None:
        """Count one less."""
        with self._engine.begin() as connection:
            connection.execute(update(Attempts).filter_by(what=key).values(count=Attempts.count - 1))

    def seconds_left(self, key: str) -> float:
        """Return how long the window goes on."""
        with self._engine.connect() as connection:
            ends_at = connection.scalar(select(Attempts.ends_at).filter_by(what=key))
        return (ends_at - clock.now()).total_seconds() if ends_at else 0

    def _forget_past(self, now: datetime) -> int:
        """Delete windows that are over, but for those that another transaction is at."""
        past = select(Attempts.what).where(Attempts.ends_at <= now).limit(100).with_for_update(skip_locked=True)
        with self._engine.begin() as connection:
            deleted = connection.execute(delete(Attempts).where(Attempts.what.in_(past)))
        return cast(CursorResult[None], deleted).rowcount


class InRedis:
    """The same in Redis; raises StorageError where that does not answer."""

    def __init__(self, url: str) -> None:
        self._storage = RedisStorage(url, key_prefix="acnetrack", wrap_exceptions=True, **impatient())

    def add(self, key: str, seconds: int) -> int:
        """Count one more and return how many there are in this window."""
        return self._storage.incr(key, seconds)

    def give_back(self, key: str) -> None:
        """Count one less; a window that is over stays over."""
        if self._storage.get(key) > 0:
            self._storage.incr(key, 1, -1)

    def seconds_left(self, key: str) -> float:
        """Return how long the window goes on."""
        return self._storage.get_expiry(key) - time.time()


class Counters:
    """Redis as long as it answers, else the database."""

    def __init__(self, engine: Engine, redis_url: str = "") -> None:
        self._database = InDatabase(engine)
        self._redis = InRedis(redis_url) if redis_url else None
        self._away_until = 0.0

    def add(self, key: str, seconds: int) -> int:
        """Count one more and return how many there are in this window of `seconds`."""
        return self._ask(lambda store: store.add(key, seconds))

    def give_back(self, key: str) -> None:
        """Count one less."""
        self._ask(lambda store: store.give_back(key))

    def seconds_left(self, key: str) -> float:
        """Return how long the window goes on."""
        return self._ask(lambda store: store.seconds_left(key))

    def _ask(self, ask: Callable[[InRedis | InDatabase], T]) -> T:
        if self._redis and time.monotonic() >= self._away_until:
            try:
                return ask(self._redis)
            except StorageError:
                self._away_until = time.monotonic() + REST_SECONDS
        return ask(self._database)


def impatient() -> dict[str, Any]:
    """Return the options of a Redis client that neither waits for long nor tries again."""
    waits = dict.fromkeys(("socket_timeout", "socket_connect_timeout"), REDIS_SECONDS)
    return {**waits, "retry": Retry(NoBackoff(), 0)}
