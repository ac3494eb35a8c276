"""A slice of `tests.soak.crashes`: twenty kills under load, and nothing that was acknowledged is lost."""

import pytest

from tests.served import Served
from tests.soak.crashes import survive
from tests.soak.each_database import durable


@pytest.fixture
def database(postgresql):
    """The PostgreSQL server that is killed too, with a database that writes through to the disk."""
    server = durable()
    yield server
    server.stop()


@pytest.fixture
def serve(tmp_path):
    started = []

    def start(database_url=""):
        started.append(Served(tmp_path, database_url, workers=2))
        return started[-1]

    yield start
    for served in started:
        served.kill()


def test_on_sqlite_nothing_acknowledged_is_lost_when_workers_are_killed(serve):
    counts = survive(serve(), None, kills=14)
    assert sum(count for what, count in counts.items() if what.startswith("kills")) == 14
    assert counts["without an answer"] > 0
    assert counts["photos"] > 0


def test_on_postgresql_nothing_acknowledged_is_lost_when_it_is_killed_too(serve, database):
    counts = survive(serve(database.url(database.create("template0"))), database, kills=6, seed=5)
    assert counts["kills of database"] > 0
    assert counts["photos"] > 0


def test_many_that_write_to_sqlite_at_once_never_hear_that_it_is_locked(serve):
    served = serve()
    counts = survive(served, None, kills=0, patients=4, answers=150)
    assert counts["acknowledged"] >= 150
    assert set(counts) == {"acknowledged", "photos", "rows"}
    assert served.errors == []
