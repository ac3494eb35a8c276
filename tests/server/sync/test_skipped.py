"""What an older app skipped comes when it says what its newer schema has gained, by WatermelonDB's documented pull."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.sync.cursor import CATCHING_UP
from tests.phone import Replica

WHEN = "2026-03-01T08:30:00+01:00"
MIGRATION = {"from": 1, "tables": ["check_ins"], "columns": [{"table": "visits", "columns": ["note"]}]}


def came(page):
    return {row["id"] for table in page["changes"].values() for row in table["updated"]}


@pytest.fixture
def filled(patient, visit_row, course_row):
    """Ten rows of three tables; gives the cursor at their end."""
    visits = [visit_row(f"visit-{n:04}", note="hello") for n in range(3)]
    check_ins = [{"id": f"check-{n:04}", "recorded_at": WHEN} for n in range(4)]
    courses = [course_row(f"course-{n:04}") for n in range(3)]
    assert patient.push(visits=visits, check_ins=check_ins, treatment_courses=courses) == []
    return patient.pull()["timestamp"]


def test_watermelondbs_documented_pull_is_answered(patient, filled):
    address = f"{patient.timeline}/sync?last_pulled_at=0&schema_version=2&migration=null"
    answer = patient.get(address)
    assert (answer.status_code, len(came(answer.json)), answer.json["has_more"]) == (200, 10, False)


def test_a_pull_with_null_brings_only_what_is_new(patient, filled):
    assert came(patient.pull(filled, schema_version=2, migration="null")) == set()


@pytest.mark.both_databases
def test_rows_of_new_tables_and_of_tables_with_new_columns_come_again_with_what_is_new(patient, filled, course_row):
    patient.push(treatment_courses=[course_row("course-0009")])
    page = patient.pull(filled, schema_version=2, migration=json.dumps(MIGRATION))
    expected = {f"visit-{n:04}" for n in range(3)} | {f"check-{n:04}" for n in range(4)} | {"course-0009"}
    assert (came(page), page["has_more"], page["timestamp"]) == (expected, False, filled + 1)


def test_what_was_deleted_of_them_is_told_too(patient, filled):
    patient.send({"check_ins": {"deleted": ["check-0001"]}})
    page = patient.pull(patient.pull()["timestamp"], migration=json.dumps(MIGRATION))
    assert page["changes"]["check_ins"]["deleted"] == ["check-0001"]
    assert "check-0001" not in came(page)


def test_it_is_sent_though_the_etag_says_that_nothing_is_new(patient, filled):
    unchanged = {"headers": {"If-None-Match": f'"{filled}"'}}
    query = {"last_pulled_at": filled, "migration": json.dumps(MIGRATION)}
    assert (
        patient.get(f"{patient.timeline}/sync", query_string={"last_pulled_at": filled}, **unchanged).status_code == 304
    )
    answer = patient.get(f"{patient.timeline}/sync", query_string=query, **unchanged)
    assert (answer.status_code, len(came(answer.json))) == (200, 7)


@pytest.mark.parametrize("again", [True, False], ids=["named with each page", "named once"])
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 100])
def test_its_pages_end_and_miss_nothing(patient, filled, visit_row, limit, again):
    patient.push(visits=[visit_row(f"visit-{n:04}") for n in range(3, 6)])
    head = patient.pull()["timestamp"]
    asked = {"limit": limit, "migration": json.dumps(MIGRATION)}
    page = patient.pull(filled, **asked)
    seen, pages = came(page), 1
    while page["has_more"]:
        assert len(came(page)) <= limit and page["timestamp"] >= CATCHING_UP
        page = patient.pull(page["timestamp"], **(asked if again else {"limit": limit}))
        seen |= came(page)
        pages += 1
        assert pages < 20
    assert page["timestamp"] == head
    assert seen >= {f"visit-{n:04}" for n in range(6)} | {f"check-{n:04}" for n in range(4)}


def test_a_client_that_reads_one_page_a_sync_has_everything_after_some(patient, filled):
    """As the one of WatermelonDB's documentation, which knows no `has_more` and names a migration once."""
    page = patient.pull(filled, limit=2, migration=json.dumps(MIGRATION))
    seen = came(page)
    for _ in range(10):
        page = patient.pull(page["timestamp"], limit=2, migration="null")
        seen |= came(page)
    assert len(seen & {f"check-{n:04}" for n in range(4)}) == 4
    assert page["timestamp"] == filled


def test_a_push_with_the_cursor_of_such_a_page_is_taken(patient, filled, course_row):
    tablet = patient.on_another_device()
    page = tablet.pull(filled, limit=2, migration=json.dumps(MIGRATION))
    assert page["timestamp"] >= CATCHING_UP
    changed = course_row("course-0001", dose="x")
    assert [
        verdict["code"] for verdict in tablet.send({"treatment_courses": {"updated": [changed]}}, page["timestamp"])
    ] == ["conflict"]
    assert (
        tablet.send(
            {"visits": {"created": [{"id": "visit-0009", "recorded_at": WHEN, "guided": True}]}}, page["timestamp"]
        )
        == []
    )


def test_what_the_server_does_not_have_is_nothing_to_send(patient, filled):
    unknown = {"from": 1, "tables": ["moods"], "columns": [{"table": "visits", "columns": ["mood"]}], "more": 1}
    assert came(patient.pull(filled, migration=json.dumps(unknown))) == set()
    assert came(patient.pull(filled, migration="{}")) == set()


def test_a_migration_shows_nobody_more_than_is_shared(patient, dermatologist, filled, photo_row):
    patient.push(photos=[photo_row()])
    patient.share_with(dermatologist, scope="records")
    dermatologist.timeline_id = patient.timeline_id
    cursor = dermatologist.pull()["timestamp"]
    page = dermatologist.pull(cursor, migration=json.dumps({"tables": ["photos", "reminders", "visits"]}))
    assert came(page) == {f"visit-{n:04}" for n in range(3)}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("migration", "x"),
        ("migration", "[]"),
        ("migration", "3"),
        ("migration", '{"tables": "visits"}'),
        ("migration", '{"tables": [3]}'),
        ("migration", '{"columns": ["note"]}'),
        ("migration", '{"columns": [{"table": "visits"}]}'),
        ("schema_version", "0"),
        ("schema_version", "x"),
        ("schema_version", "1.5"),
    ],
)
def test_what_is_no_migration_is_422_and_named(patient, name, text):
    answer = patient.get(f"{patient.timeline}/sync", query_string={name: text})
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert name in answer.json["errors"]["query"]


tables = st.sampled_from(["visits", "check_ins", "treatment_courses", "moods"])
migrations = st.fixed_dictionaries(
    {
        "tables": st.lists(tables, max_size=3),
        "columns": st.lists(st.fixed_dictionaries({"table": tables, "columns": st.just(["note"])}), max_size=2),
    }
)


@pytest.mark.both_databases
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(migration=migrations, limit=st.integers(1, 12), back=st.integers(0, 10), again=st.booleans())
def test_whatever_is_named_everything_arrives_and_the_pages_end(patient, filled, migration, limit, back, again):
    everything, replica = patient.pull(), Replica(cursor=filled - back)
    asked = {"limit": limit, "migration": json.dumps(migration)}
    more = True
    while more:
        page = patient.pull(replica.cursor, **asked)
        replica.apply(page)
        asked, more = (asked if again else {"limit": limit}), page["has_more"]
    named = {*migration["tables"], *(each["table"] for each in migration["columns"])}
    wanted = {
        f"{table}/{row['id']}"
        for table in named & everything["changes"].keys()
        for row in everything["changes"][table]["updated"]
    }
    assert replica.rows.keys() >= wanted
    assert replica.cursor == filled
