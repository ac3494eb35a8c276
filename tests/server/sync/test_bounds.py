"""How much goes at once, in either direction, and that paging through it misses nothing."""

import json
from dataclasses import replace

import pytest

from server.sync.cursor import LARGEST, Cursor
from server.sync.log import PAGE_BYTES
from server.sync.push import RECORDS_AT_ONCE

pytestmark = pytest.mark.both_databases

WHEN = "2026-03-01T08:30:00+01:00"
LONG = 1_800_000


def pages(person, **query):
    """Every page of a first pull."""
    cursor, pulled = 0, []
    while not pulled or pulled[-1]["has_more"]:
        pulled.append(person.pull(cursor, **query))
        cursor = pulled[-1]["timestamp"]
    return pulled


def test_five_thousand_rows_of_one_push_come_in_pages_once_each_in_the_order_of_writing(patient):
    half = [{"id": f"check-{n:06}", "recorded_at": WHEN} for n in reversed(range(2500))]
    intakes = [
        {"id": f"intake-{n:06}", "recorded_at": WHEN, "course_id": "course-01", "taken": True} for n in range(2500)
    ]
    assert patient.push(intakes=intakes, check_ins=half) == []
    pulled = pages(patient, limit=1250)
    assert [sum(len(table["updated"]) for table in page["changes"].values()) for page in pulled] == [1250] * 4
    for table, rows in (("intakes", intakes), ("check_ins", half)):
        came = [row["id"] for page in pulled for row in page["changes"][table]["updated"]]
        assert came == [row["id"] for row in rows]
    assert not any(table["created"] for page in pulled for table in page["changes"].values())
    assert [page["timestamp"] % 2**32 for page in pulled] == [1250, 2500, 3750, 5000]


def test_pages_hold_tombstones_too_and_never_lose_one(patient):
    ids = [f"check-{n:06}" for n in range(30)]
    patient.push(check_ins=[{"id": id, "recorded_at": WHEN} for id in ids])
    seen = patient.pull()["timestamp"]
    patient.send({"check_ins": {"deleted": ids[::2]}})
    pulled, cursor, more = [], seen, True
    while more:
        page = patient.pull(cursor, limit=4)
        pulled += page["changes"]["check_ins"]["deleted"]
        cursor, more = page["timestamp"], page["has_more"]
    assert pulled == ids[::2]


def test_a_page_ends_before_it_is_too_long_for_memory(patient, visit_row, assessment_row, assessment):
    result = json.dumps({**assessment, "padding": "x" * LONG})
    patient.push(visits=[visit_row()])
    for number in range(6):
        assert patient.push(assessments=[assessment_row(f"assess-{number:04}", result=result)]) == []
    pulled = pages(patient, limit=100)
    sizes = [len(page["changes"]["assessments"]["updated"]) for page in pulled]
    assert (sizes, len(pulled[0]["changes"]["visits"]["updated"])) == ([5, 1], 1)
    assert sizes[0] * LONG > PAGE_BYTES


def test_what_is_too_many_records_is_413_says_how_many_and_writes_nothing(patient, visit_row):
    deleted = [f"visit-{n:06}" for n in range(120_000)]
    body = {"visits": {"created": [visit_row()], "deleted": deleted}}
    answer = patient.post(f"{patient.timeline}/sync", json=body)
    assert (answer.status_code, answer.json["code"]) == (413, "too_many_records")
    assert f"{RECORDS_AT_ONCE:,}" in answer.json["detail"]
    assert patient.pull()["timestamp"] % 2**32 == 0


def test_what_is_too_many_bytes_is_413_says_how_many_and_writes_nothing(patient, visit_row, config):
    visits = [visit_row(f"visit-{n:06}") for n in range(120_000)]
    for address, body in (("sync", {"visits": {"created": visits}}), ("rx/visits/push", visits)):
        answer = patient.post(f"{patient.timeline}/{address}", json=body)
        assert (answer.status_code, answer.json["code"]) == (413, "too_large")
        assert answer.json["max_bytes"] == config.request_max_bytes
    assert patient.pull()["timestamp"] % 2**32 == 0


def test_the_largest_cursor_is_below_two_to_the_53():
    largest = Cursor(2**20 - 1, 2**32 - 1, catching_up=True)
    assert largest.to_wire() == LARGEST == 2**53 - 1
    assert Cursor.from_wire(LARGEST) == largest


@pytest.mark.parametrize(("limit", "more"), [(9, True), (10, False), (11, False)])
def test_there_is_more_only_where_there_is(patient, visit_row, limit, more):
    patient.push(visits=[visit_row(f"visit-{n:04}") for n in range(10)])
    page = patient.pull(limit=limit)
    assert (page["has_more"], page["timestamp"] % 2**32) == (more, min(limit, 10))


def test_one_persons_records_are_bounded_and_what_is_deleted_makes_room(app, config, patient, dermatologist, visit_row):
    app.extensions["acnetrack.config"] = replace(config, records_max_bytes=25_000)
    note = "n" * 9_000
    patient.share_with(dermatologist)
    rejected = patient.push(visits=[visit_row(f"visit-{number:04}", note=note) for number in range(4)])
    assert [(each["id"], each["code"]) for each in rejected] == [
        ("visit-0002", "storage_full"),
        ("visit-0003", "storage_full"),
    ]
    assert patient.push(visits=[visit_row("visit-0000", note=note)]) == []
    refused = dermatologist.post(f"{patient.timeline}/notes", json={"text": note})
    assert (refused.status_code, refused.json["code"]) == (507, "storage_full")
    assert patient.send({"visits": {"deleted": ["visit-0000"]}}) == []
    assert dermatologist.post(f"{patient.timeline}/notes", json={"text": note}).status_code == 201
    assert [each["code"] for each in patient.push(visits=[visit_row("visit-0009", note=note)])] == ["storage_full"]


def test_a_push_of_half_a_million_tables_or_columns_is_answered_shortly(patient, visit_row):
    many = {f"t{number}": {} for number in range(100_000)}
    assert patient.post(f"{patient.timeline}/sync", json=many).status_code == 422
    row = visit_row() | {f"column{number}": 1 for number in range(100_000)}
    answer = patient.post(f"{patient.timeline}/sync", json={"visits": {"created": [row]}})
    assert answer.json["rejected"][0]["code"] == "unknown_column"
    assert len(answer.data) < 4_000
