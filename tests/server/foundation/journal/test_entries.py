"""The journal's database, on SQLite and on PostgreSQL: several processes write to it at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from server.foundation.journal.entries import Journal, entries

DELETED = [
    {"timeline_id": "t" * 32, "event": "deleted", "table": "visits", "id": f"visit-{number:04}", "epoch": 0}
    for number in range(20)
]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'journal.db'}"
        return
    server = request.getfixturevalue("postgresql")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def journals(url):
    """The journal as two processes have it open."""
    both = Journal(url), Journal(url)
    yield both
    for each in both:
        each.dispose()


def test_two_that_make_a_journal_at_once_make_one(journals):
    ready = Barrier(2, timeout=60)

    def name(journal):
        ready.wait()
        return journal.of("begun")

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(name, journals)
    assert first == second
    assert len(first) == 1


def test_an_entry_that_another_is_writing_is_waited_for_and_there_once(journals):
    first, second = journals
    for journal in journals:
        journal.prepare()
    with ThreadPoolExecutor(1) as threads, first.engine.begin() as connection:
        connection.execute(entries.insert(), DELETED[:1])
        added = threads.submit(second.add, DELETED)
        while first.engine.dialect.name == "postgresql" and not _waits(connection):
            assert not added.done()
        connection.commit()
        added.result(timeout=60)
    assert [entry.id for entry in first.of("deleted")] == [row["id"] for row in DELETED]


def _waits(connection):
    """Whether somebody waits for a lock; SQLite does not say, and needs nobody to be there first."""
    return connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar()
