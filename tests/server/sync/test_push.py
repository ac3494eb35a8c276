"""One verdict a record, by the rules of its table."""

import pytest

from server.timeline.models import Timeline

pytestmark = pytest.mark.both_databases


def codes(rejected):
    return [(verdict["id"], verdict["code"]) for verdict in rejected]


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


def test_only_the_server_says_that_a_photo_was_uploaded(patient, visit_row, photo_row):
    assert patient.push(visits=[visit_row()], photos=[photo_row(uploaded=True)]) == []
    (photo,) = patient.pull()["changes"]["photos"]["updated"]
    assert photo["uploaded"] is False


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
