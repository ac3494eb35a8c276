"""What a push may not hold is refused by name, whatever the database."""

import pytest

from server.sync.reading import values_of
from server.sync.tables import TABLES
from server.sync.verdict import Invalid


def codes(rejected):
    return [(verdict["id"], verdict["code"]) for verdict in rejected]


WRONG = [
    ("visits", {"recorded_at": "yesterday"}),
    ("visits", {"recorded_at": "2026-03-01T08:30:00"}),  # no offset
    ("visits", {"recorded_at": 1772350200}),
    ("visits", {"recorded_at": None}),
    ("visits", {"guided": "true"}),
    ("visits", {"guided": None}),
    ("visits", {"note": "x" * 10_001}),
    ("visits", {"note": {"nested": 1}}),
    ("visits", {"amends": "no id"}),
    ("photos", {"view": "behind"}),
    ("photos", {"media_type": "image/gif"}),
    ("photos", {"sha256": "A" * 64}),
    ("photos", {"sha256": "0" * 64 + "\n"}),
    ("photos", {"width_px": 0}),
    ("photos", {"width_px": "96"}),
    ("photos", {"width_px": 96.5}),
    ("photos", {"width_px": 10**30}),
    ("photos", {"height_px": True}),
    ("photos", {"visit_id": None}),
    ("assessments", {"result": "{}"}),
    ("assessments", {"result": "not json"}),
    ("assessments", {"result": {"counts": {}}}),
    ("assessments", {"model_sha256": "short"}),
    ("treatment_courses", {"kind": "magic"}),
    ("treatment_courses", {"started_on": "05.01.2026"}),
    ("treatment_courses", {"stopped_on": "2025-12-31"}),  # before it started
    ("treatment_courses", {"name": ""}),
]


@pytest.mark.parametrize(("name", "wrong"), WRONG)
def test_a_wrong_value_is_refused_by_its_column(everything, name, wrong):
    table = next(table for table in TABLES if table.name == name)
    with pytest.raises(Invalid) as refused:
        values_of(table, {**everything[name][0], **wrong})
    assert next(iter(wrong)) in refused.value.text


@pytest.mark.parametrize("table", ["visits", "photos", "assessments", "treatment_courses"])
def test_a_wrong_record_is_refused_and_the_rest_is_taken(patient, everything, table):
    (row,) = everything[table]
    bad = {**row, "id": "bad-record", **next(wrong for name, wrong in WRONG if name == table)}
    (verdict,) = patient.push(**{**everything, table: [bad, row]})
    assert (verdict["table"], verdict["id"], verdict["code"]) == (table, "bad-record", "invalid")
    changes = patient.pull()["changes"]
    assert [len(changes[name]["updated"]) for name in everything] == [1, 1, 1, 1]


def test_an_id_that_is_not_one_is_refused(patient, visit_row):
    wrong = ["short", "x" * 65, "with space", "slash/slash", "ünicode-id", "newline-id\n", ""]
    wrong += ["........", "--------", "_.-_.-_.-", "__proto__", "constructor", "hasOwnProperty", "toString"]
    refused = [(id, "invalid") for id in wrong]
    assert codes(patient.push(visits=[visit_row(id) for id in wrong])) == refused
    assert codes(patient.send({"visits": {"deleted": wrong}})) == refused


def test_the_servers_own_tables_are_read_only(patient):
    for table in ("clinician_notes", "reviews", "grants", "model_notices"):
        rejected = patient.send({table: {"created": [{"id": "note-0001"}], "deleted": ["note-0002"]}})
        assert codes(rejected) == [("note-0001", "read_only"), ("note-0002", "read_only")]


def test_unknown_tables_and_columns_are_refused_record_by_record(patient, visit_row):
    rejected = patient.send({"moods": {"created": [{"id": "mood-0001"}]}, "visits": {"created": [visit_row(mood=3)]}})
    assert codes(rejected) == [("visit-0001", "unknown_column"), ("mood-0001", "unknown_table")]
    assert "mood" in rejected[0]["detail"]


def test_refused_ids_are_listed_as_watermelondb_wants_them(patient, visit_row):
    body = {"visits": {"created": [visit_row(), visit_row("bad id")]}, "moods": {"deleted": ["mood-0001"]}}
    answer = patient.post(f"{patient.timeline}/sync", json=body).json
    assert answer["experimentalRejectedIds"] == {"visits": ["bad id"], "moods": ["mood-0001"]}
    assert answer.keys() == {"rejected", "experimentalRejectedIds"}


SHAPES = [
    [],
    {"visits": []},
    {"visits": None},
    {"visits": {"created": {}}},
    {"visits": {"removed": []}},
    {"moods": 3},
    {"changes": []},
]


def test_a_push_of_the_wrong_shape_is_422_and_writes_nothing(patient):
    before = patient.pull()
    for body in SHAPES:
        answer = patient.post(f"{patient.timeline}/sync", json=body)
        assert (body, answer.status_code, answer.json["code"]) == (body, 422, "invalid")
    assert patient.pull() == before


def test_a_cursor_that_is_none_is_422(patient):
    for cursor in ("-1", "x", str(2**53), "1.5", ""):
        for method in ("GET", "POST"):
            answer = patient.call(method, f"{patient.timeline}/sync?last_pulled_at={cursor}", json={})
            assert (cursor, answer.status_code, answer.json["code"]) == (cursor, 422, "invalid")


def test_a_limit_out_of_range_is_422(patient):
    for limit in ("0", "-1", "x", "100000"):
        assert (limit, patient.get(f"{patient.timeline}/sync?limit={limit}").status_code) == (limit, 422)
