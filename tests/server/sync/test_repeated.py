"""One id several times in a push, and what a tombstone keeps."""

import pytest
from sqlalchemy import select

from server.foundation import db
from server.sync.tables import TABLES, Kind

pytestmark = pytest.mark.both_databases


def codes(rejected):
    return [(verdict["id"], verdict["code"]) for verdict in rejected]


def test_the_same_row_twice_in_a_push_is_one(patient, visit_row):
    assert patient.send({"visits": {"created": [visit_row(), visit_row()], "updated": [visit_row()]}}) == []
    page = patient.pull()
    assert (len(page["changes"]["visits"]["updated"]), page["timestamp"] % 2**32) == (1, 1)


def test_of_two_contents_of_an_append_only_id_the_first_is_kept(patient, visit_row):
    rejected = patient.send({"visits": {"created": [visit_row(note="one"), visit_row(note="two")]}})
    assert (codes(rejected), rejected[0]["current"]["note"]) == ([("visit-0001", "immutable")], "one")


def test_of_two_contents_of_a_mutable_id_the_last_is_kept(patient, course_row):
    both = {"created": [course_row(dose="one", note="x")], "updated": [course_row(dose=None)]}
    assert patient.send({"treatment_courses": both}) == []
    held = patient.pull()["changes"]["treatment_courses"]["updated"]
    assert [(row["dose"], row["note"]) for row in held] == [(None, "x")]


def test_what_is_both_updated_and_deleted_is_deleted(patient, visit_row, course_row):
    both = {"visits": visit_row(), "treatment_courses": course_row()}
    assert patient.send({table: {"updated": [row], "deleted": [row["id"]]} for table, row in both.items()}) == []
    changes = patient.pull()["changes"]
    for table, row in both.items():
        assert (changes[table]["updated"], changes[table]["deleted"]) == ([], [row["id"]])


def test_an_id_refused_twice_is_listed_once(patient, visit_row):
    body = {"visits": {"created": [visit_row("bad id"), visit_row("bad id")], "deleted": ["bad id"]}}
    answer = patient.post(f"{patient.timeline}/sync", json=body).json
    assert codes(answer["rejected"]) == [("bad id", "invalid")] * 3
    assert answer["experimentalRejectedIds"] == {"visits": ["bad id"]}


def test_verdicts_come_table_by_table_in_the_order_of_the_push(patient, visit_row, course_row):
    patient.push(visits=[visit_row("visit-0002")])
    created = [visit_row("visit-0003", guided=None), visit_row("visit-0002", note="x"), visit_row("visit-0001", mood=1)]
    body = {
        "moods": {"deleted": ["mood-0001"]},
        "treatment_courses": {"deleted": ["no"]},
        "visits": {"created": created},
    }
    assert codes(patient.send(body)) == [
        ("visit-0003", "invalid"),
        ("visit-0002", "immutable"),
        ("visit-0001", "unknown_column"),
        ("no", "invalid"),
        ("mood-0001", "unknown_table"),
    ]


def test_a_record_that_is_both_deleted_and_wrong_is_told_what_is_wrong_first(patient, visit_row):
    patient.send({"visits": {"deleted": ["visit-0001"]}})
    assert codes(patient.push(visits=[visit_row(guided=None)])) == [("visit-0001", "invalid")]
    assert codes(patient.push(visits=[visit_row()])) == [("visit-0001", "gone")]


WRITTEN = [table for table in TABLES if table.kind is not Kind.SERVER_OWNED and table.deletable]


@pytest.mark.parametrize("came", [True, False])
def test_a_tombstone_holds_an_id_and_nothing_else(app, patient, visit_row, photo_row, assessment_row, course_row, came):
    when = {"recorded_at": "2026-03-01T08:30:00+01:00"}
    rows = {
        "visits": visit_row(note="private"),
        "photos": photo_row(),
        "assessments": assessment_row(),
        "treatment_courses": course_row(note="private"),
        "intakes": {"id": "intake-0001", "course_id": "course-0001", "taken": True, "amount": "two", **when},
        "check_ins": {"id": "check-0001", "note": "private", "itch": 3, **when},
        "side_effects": {
            "id": "effect-0001", "what": "private", "severity": 1, "started_on": "2026-03-01", "note": "private"
        },
        "spots": {"id": "spot-0001", "visit_id": "visit-0001", "photo_id": "photo-0001", "x": 0.5, "y": 0.5},
        "reminders": {
            "id": "remind-0001", "title": "private", "time_of_day": "07:30", "weekdays": "1", "active": True
        },
    }  # fmt: skip
    assert rows.keys() == {table.name for table in WRITTEN}
    if came:
        assert patient.push(**{table: [row] for table, row in rows.items()}) == []
    assert patient.send({table: {"deleted": [row["id"]]} for table, row in rows.items()}) == []
    with app.app_context():
        for table in WRITTEN:
            (row,) = db.session().execute(select(table.stored)).mappings()
            place = {"timeline_id", "id", "rev", "deleted", "device_id"}
            assert row["id"] == rows[table.name]["id"] and row["deleted"]
            assert {column for column, value in row.items() if value is not None} == place
