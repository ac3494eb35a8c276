"""One verdict a record, by the rules of its table."""

import pytest

from server.sync.reading import values_of
from server.sync.tables import TABLES
from server.sync.verdict import Invalid
from server.timeline.models import Timeline


def codes(rejected):
    return [(verdict["id"], verdict["code"]) for verdict in rejected]


@pytest.fixture
def everything(visit_row, photo_row, assessment_row, course_row):
    return {
        "visits": [visit_row()],
        "photos": [photo_row()],
        "assessments": [assessment_row()],
        "treatment_courses": [course_row()],
    }


def test_what_is_pushed_is_pulled(patient, everything):
    assert patient.push(**everything) == []
    changes = patient.pull()["changes"]
    for table, rows in everything.items():
        (row,) = changes[table]["updated"]
        assert rows[0].items() <= row.items()


def test_the_same_push_again_is_accepted_and_writes_nothing(patient, everything):
    patient.push(**everything)
    head = patient.pull()["timestamp"]
    assert patient.push(**everything) == []
    assert patient.pull()["timestamp"] == head


def test_changes_are_taken_bare_or_under_their_name(patient, visit_row):
    assert patient.send({"changes": {"visits": {"created": [visit_row()]}}}) == []
    assert len(patient.pull()["changes"]["visits"]["updated"]) == 1


def test_updated_creates_what_is_not_there(patient, visit_row):
    assert patient.send({"visits": {"updated": [visit_row()]}}) == []
    assert len(patient.pull()["changes"]["visits"]["updated"]) == 1


def test_the_books_that_client_libraries_keep_are_ignored(patient, visit_row):
    assert patient.push(visits=[visit_row(_status="created", _changed="note")]) == []
    assert not {"_status", "_changed"} & patient.pull()["changes"]["visits"]["updated"][0].keys()


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("visits", {"note": "changed"}),
        ("photos", {"sha256": "1" * 64}),
        ("assessments", {"model_version": "0.2.0"}),
    ],
)
def test_append_only_rows_are_immutable_and_come_back_as_they_are(patient, everything, table, change):
    patient.push(**everything)
    (original,) = everything[table]
    (verdict,) = patient.push(**{table: [{**original, **change}]})
    assert verdict["code"] == "immutable"
    assert original.items() <= verdict["current"].items()


def test_an_amendment_is_a_new_row_naming_the_old(patient, visit_row):
    patient.push(visits=[visit_row()])
    assert patient.push(visits=[visit_row("visit-0002", note="corrected", amends="visit-0001")]) == []


def test_a_course_is_changed_by_the_device_that_wrote_it_last(patient, course_row):
    patient.push(treatment_courses=[course_row()])
    assert patient.send({"treatment_courses": {"updated": [course_row(stopped_on="2026-02-01")]}}) == []
    (row,) = patient.pull()["changes"]["treatment_courses"]["updated"]
    assert row["stopped_on"] == "2026-02-01"


def test_a_course_that_another_device_changed_meanwhile_is_a_conflict(patient, course_row):
    tablet = patient.on_another_device()
    patient.push(treatment_courses=[course_row()])
    seen = patient.pull()["timestamp"]
    tablet.send({"treatment_courses": {"updated": [course_row(dose="twice a day")]}}, seen)
    (verdict,) = patient.send({"treatment_courses": {"updated": [course_row(dose="once a day")]}}, seen)
    assert (verdict["code"], verdict["current"]["dose"]) == ("conflict", "twice a day")


def test_a_conflict_is_over_once_the_other_change_was_pulled(patient, course_row):
    tablet = patient.on_another_device()
    patient.push(treatment_courses=[course_row()])
    tablet.send({"treatment_courses": {"updated": [course_row(dose="twice a day")]}}, tablet.pull()["timestamp"])
    merged = course_row(dose="once a day")
    assert patient.send({"treatment_courses": {"updated": [merged]}}, patient.pull()["timestamp"]) == []


def test_deleting_a_course_that_another_device_changed_meanwhile_is_a_conflict(patient, course_row):
    tablet = patient.on_another_device()
    patient.push(treatment_courses=[course_row()])
    seen = patient.pull()["timestamp"]
    tablet.send({"treatment_courses": {"updated": [course_row(dose="twice a day")]}}, seen)
    assert codes(patient.send({"treatment_courses": {"deleted": ["course-0001"]}}, seen)) == [
        ("course-0001", "conflict")
    ]


def test_a_deleted_visit_takes_its_photos_and_assessments_along(patient, everything):
    patient.push(**everything)
    seen = patient.pull()["timestamp"]
    assert patient.send({"visits": {"deleted": ["visit-0001"]}}) == []
    changes = patient.pull(seen)["changes"]
    assert changes["visits"]["deleted"] == ["visit-0001"]
    assert changes["photos"]["deleted"] == ["photo-0001"]
    assert changes["assessments"]["deleted"] == ["assess-0001"]
    assert changes["treatment_courses"]["deleted"] == []


@pytest.mark.parametrize("kind", ["created", "updated"])
def test_what_was_deleted_stays_deleted(patient, everything, kind):
    patient.push(**everything)
    patient.send({"visits": {"deleted": ["visit-0001"]}, "treatment_courses": {"deleted": ["course-0001"]}})
    rejected = patient.send({table: {kind: rows} for table, rows in everything.items()})
    assert {code for _, code in codes(rejected)} == {"gone"}
    assert len(rejected) == 4
    assert all(verdict["current"] is None for verdict in rejected)


def test_deleting_again_changes_nothing(patient, visit_row):
    patient.push(visits=[visit_row()])
    patient.send({"visits": {"deleted": ["visit-0001"]}})
    head = patient.pull()["timestamp"]
    assert patient.send({"visits": {"deleted": ["visit-0001"]}}) == []
    assert patient.pull()["timestamp"] == head


def test_a_row_deleted_before_it_came_does_not_come_any_more(patient, visit_row):
    assert patient.send({"visits": {"deleted": ["visit-0001"]}}) == []
    assert codes(patient.push(visits=[visit_row()])) == [("visit-0001", "gone")]


def test_a_photo_may_come_before_its_visit(patient, photo_row, visit_row):
    assert patient.push(photos=[photo_row()]) == []
    assert patient.push(visits=[visit_row()]) == []
    assert [len(patient.pull()["changes"][table]["updated"]) for table in ("visits", "photos")] == [1, 1]


def test_a_photo_that_came_before_its_visit_goes_when_that_is_deleted(patient, photo_row, visit_row):
    patient.push(photos=[photo_row()])
    patient.send({"visits": {"deleted": ["visit-0001"]}})
    assert patient.pull()["changes"]["photos"]["deleted"] == ["photo-0001"]


def test_a_photo_of_a_deleted_visit_is_gone(patient, photo_row):
    patient.send({"visits": {"deleted": ["visit-0001"]}})
    assert codes(patient.push(photos=[photo_row()])) == [("photo-0001", "gone")]


@pytest.mark.parametrize("table", ["clinician_notes", "reviews", "grants", "model_notices"])
def test_the_servers_own_tables_are_read_only(patient, table):
    rejected = patient.send({table: {"created": [{"id": "note-0001"}], "deleted": ["note-0002"]}})
    assert codes(rejected) == [("note-0001", "read_only"), ("note-0002", "read_only")]


def test_only_the_server_says_that_a_photo_was_uploaded(patient, visit_row, photo_row):
    assert patient.push(visits=[visit_row()], photos=[photo_row(uploaded=True)]) == []
    (photo,) = patient.pull()["changes"]["photos"]["updated"]
    assert photo["uploaded"] is False


def test_unknown_tables_and_columns_are_refused_record_by_record(patient, visit_row):
    rejected = patient.send({"moods": {"created": [{"id": "mood-0001"}]}, "visits": {"created": [visit_row(mood=3)]}})
    assert codes(rejected) == [("visit-0001", "unknown_column"), ("mood-0001", "unknown_table")]
    assert "mood" in rejected[0]["detail"]


@pytest.mark.parametrize("id", ["short", "x" * 65, "with space", "slash/slash", "ünicode-id", "newline-id\n", ""])
def test_an_id_that_is_not_one_is_refused(patient, visit_row, id):
    assert codes(patient.push(visits=[visit_row(id)])) == [(id, "invalid")]
    assert codes(patient.send({"visits": {"deleted": [id]}})) == [(id, "invalid")]


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


def test_refused_ids_are_listed_as_watermelondb_wants_them(patient, visit_row):
    body = {"visits": {"created": [visit_row(), visit_row("bad id")]}, "moods": {"deleted": ["mood-0001"]}}
    answer = patient.post(f"{patient.timeline}/sync", json=body).json
    assert answer["experimentalRejectedIds"] == {"visits": ["bad id"], "moods": ["mood-0001"]}
    assert answer.keys() == {"rejected", "experimentalRejectedIds"}


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"visits": []},
        {"visits": None},
        {"visits": {"created": {}}},
        {"visits": {"created": [3]}},
        {"visits": {"created": [{}]}},
        {"visits": {"created": [{"id": 7}]}},
        {"visits": {"deleted": [7]}},
        {"visits": {"removed": []}},
        {"moods": {"created": [{}]}},
        {"moods": 3},
        {"changes": []},
    ],
)
def test_a_push_of_the_wrong_shape_is_422_and_writes_nothing(patient, body):
    answer = patient.post(f"{patient.timeline}/sync", json=body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")


@pytest.mark.parametrize("cursor", ["-1", "x", str(2**53), "1.5", ""])
def test_a_cursor_that_is_none_is_422(patient, cursor):
    for method in ("GET", "POST"):
        answer = patient.call(method, f"{patient.timeline}/sync?last_pulled_at={cursor}", json={})
        assert (answer.status_code, answer.json["code"]) == (422, "invalid")


def test_a_dermatologist_pulls_and_does_not_push(patient, dermatologist, visit_row):
    patient.push(visits=[visit_row()])
    patient.share_with(dermatologist)
    dermatologist.timeline_id = patient.timeline_id
    assert len(dermatologist.pull()["changes"]["visits"]["updated"]) == 1
    answer = dermatologist.post(f"{patient.timeline}/sync", json={"visits": {"deleted": ["visit-0001"]}})
    assert (answer.status_code, answer.json["code"]) == (403, "owner_only")


def test_the_same_id_in_two_timelines_is_two_rows(patient, other_patient, visit_row):
    patient.push(visits=[visit_row(note="mine")])
    assert other_patient.push(visits=[visit_row(note="theirs")]) == []
    assert patient.pull()["changes"]["visits"]["updated"][0]["note"] == "mine"
    other_patient.send({"visits": {"deleted": ["visit-0001"]}})
    assert patient.pull()["changes"]["visits"]["deleted"] == []


def test_a_push_that_is_cut_off_half_way_writes_nothing(app, patient, visit_row, monkeypatch):
    patient.push(visits=[visit_row()])
    before, numbered = patient.pull(), Timeline.next_rev

    def power_cut(timeline):
        if numbered(timeline) == 4:
            raise RuntimeError("power cut")
        return timeline.seq

    app.testing = False
    with monkeypatch.context() as fault:
        fault.setattr(Timeline, "next_rev", power_cut)
        body = {"visits": {"created": [visit_row(f"visit-100{n}") for n in range(5)], "deleted": ["visit-0001"]}}
        assert patient.post(f"{patient.timeline}/sync", json=body).status_code == 500
    assert patient.pull() == before
    assert patient.send(body) == []
