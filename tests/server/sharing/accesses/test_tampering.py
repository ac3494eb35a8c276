"""Whoever holds the database can neither change a log of accesses unnoticed nor by mistake."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.sharing.accesses.chain import Head
from server.sharing.accesses.verifying import logged_timelines, verify

pytestmark = pytest.mark.both_databases

CHAINED = "timeline_id = :timeline AND n = 2"
GUARDED = r"access log|reading is never|IntegrityConstraintViolation\)"
"""What the guards say; of PostgreSQL's words the server keeps the name, and only they raise the bare class 23000."""


@pytest.fixture
def logged(patient, dermatologist, visit_row):
    """A patient with three entries in their log."""
    patient.push(visits=[visit_row()])
    patient.share_with(dermatologist)
    for _ in range(3):
        dermatologist.get(f"{patient.timeline}/sync")
    return patient


@pytest.fixture
def head(logged):
    """The head that the patient's phone kept."""
    access_log = logged.pull()["access_log"]
    return Head(access_log["count"], access_log["head"])


@pytest.fixture
def run(app, logged):
    """Runs SQL as somebody would who has the database."""
    engine = app.extensions["acnetrack.engine"]

    def execute(*statements):
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement), {"timeline": logged.timeline_id} if ":t" in statement else {})

    return execute


@pytest.fixture
def unguarded(app, run):
    """The same, after the triggers were removed."""
    postgresql = app.extensions["acnetrack.engine"].dialect.name == "postgresql"
    guards = {
        "access_links": ["no_update", "no_delete", "at_the_end"],
        "reads": ["no_update"],
    }
    for table, names in guards.items():
        for name in names:
            run(f"DROP TRIGGER {table}_{name}" + (f" ON {table}" if postgresql else ""))
    return run


@pytest.fixture
def broken(app, logged):
    """What verifying says of the patient's log."""

    def reason(head=None):
        with Session(app.extensions["acnetrack.engine"]) as session:
            return verify(session, logged.timeline_id, head).broken

    return reason


REFUSED = (
    f"UPDATE access_links SET hash = 'x' WHERE {CHAINED}",
    f"UPDATE access_links SET entry_id = 'x' WHERE {CHAINED}",
    f"DELETE FROM access_links WHERE {CHAINED}",
    "DELETE FROM access_links",
    "INSERT INTO access_links (timeline_id, n, entry_id, hash) VALUES (:timeline, 5, 'x', 'x')",
    "INSERT INTO access_links (timeline_id, n, entry_id, hash) VALUES (:timeline, 0, 'x', 'x')",
    "INSERT INTO access_links (timeline_id, n, entry_id, hash) VALUES (:timeline, 2, 'x', 'x')",
    "UPDATE reads SET what = 'x'",
    "UPDATE reads SET at = CURRENT_TIMESTAMP",
)


def test_the_database_refuses_to_change_delete_and_insert(run, broken, head):
    for statement in REFUSED:
        with pytest.raises(IntegrityError, match=GUARDED):
            run(statement)
    assert broken(head) is None


def test_sqlite_refuses_to_replace_entries_and_postgresql_to_truncate_them(app, run, broken, head):
    replace = "INSERT OR REPLACE INTO access_links (timeline_id, n, entry_id, hash)"
    for statement in {
        "sqlite": [
            f"{replace} SELECT timeline_id, n, entry_id, 'x' FROM access_links WHERE {CHAINED}",
            f"{replace} SELECT timeline_id, 4, entry_id, 'x' FROM access_links WHERE {CHAINED}",
        ],
        "postgresql": ["TRUNCATE access_links"],
    }[app.extensions["acnetrack.engine"].dialect.name]:
        with pytest.raises(IntegrityError, match=GUARDED):
            run(statement)
    assert broken(head) is None


def test_what_is_changed_behind_the_guards_is_found(unguarded, broken):
    unguarded(f"UPDATE access_links SET entry_id = 'x' WHERE {CHAINED}")
    assert broken() == "entry 2 does not follow from those before it: it was changed, or slipped in"


def test_what_is_removed_from_the_middle_is_found(unguarded, broken):
    unguarded(f"DELETE FROM access_links WHERE {CHAINED}")
    assert broken() == "entry 2 is missing"


def test_what_is_removed_from_the_end_is_found_by_the_head_that_a_phone_kept(unguarded, broken, head):
    unguarded("DELETE FROM reads", "DELETE FROM access_links WHERE n = 3")
    assert broken() is None
    assert broken(head) == "entry 3 is missing: the log was cut, 3 entries were seen"


def test_what_is_slipped_in_is_found(unguarded, broken):
    unguarded(
        "UPDATE access_links SET n = 4 WHERE n = 3",
        "INSERT INTO access_links (timeline_id, n, entry_id, hash)"
        f" SELECT timeline_id, 3, 'x', hash FROM access_links WHERE {CHAINED}",
    )
    assert broken().startswith("entry 3 does not follow")


def test_a_reading_without_a_place_in_the_chain_is_found(run, broken):
    run(
        "INSERT INTO reads (id, timeline_id, user_id, what, at)"
        " SELECT 'x', timeline_id, user_id, what, at FROM reads LIMIT 1"
    )
    assert broken() == "reading x is not in the chain: it was slipped in"


def test_erasing_who_read_what_leaves_a_chain_that_is_whole(run, logged, broken, head):
    run("DELETE FROM reads")
    assert broken(head) is None
    for entry in logged.get(f"{logged.timeline}/accesses").json["accesses"]:
        assert (entry["user"], entry["what"], entry["at"]) == (None, None, None)


def test_erasing_a_timeline_leaves_its_chain(app, run, logged, broken, head):
    run("DELETE FROM reads", "DELETE FROM visits", "DELETE FROM grants", "DELETE FROM timelines")
    with Session(app.extensions["acnetrack.engine"]) as session:
        assert logged_timelines(session) == [logged.timeline_id]
    assert broken(head) is None
