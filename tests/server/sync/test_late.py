"""A push that was overtaken by a newer one of the same device."""

import pytest

pytestmark = pytest.mark.both_databases


def updated(*rows):
    return {"treatment_courses": {"updated": list(rows)}}


@pytest.fixture
def send(patient):
    """Send a numbered push and return its verdicts' codes."""

    def send(number, changes, cursor):
        query = {"last_pulled_at": cursor, "push": number}
        answer = patient.post(f"{patient.timeline}/sync", json=changes, query_string=query)
        return [verdict["code"] for verdict in answer.json["rejected"]]

    return send


def dose(patient):
    (row,) = patient.pull()["changes"]["treatment_courses"]["updated"]
    return row["dose"], row["note"]


def test_a_push_that_comes_late_does_not_undo_what_the_device_pushed_since(patient, course_row, send):
    patient.push(treatment_courses=[course_row()])
    seen = patient.pull()["timestamp"]
    assert send(8, updated(course_row(dose="twice a day")), seen) == []
    assert send(7, updated(course_row(dose="once a day")), seen) == ["conflict"]
    assert dose(patient) == ("twice a day", None)


def test_not_even_after_another_devices_change_was_merged(patient, course_row, send):
    patient.push(treatment_courses=[course_row()])
    tablet, seen = patient.on_another_device(), patient.pull()["timestamp"]
    assert tablet.send(updated(course_row(note="stings")), seen) == []
    assert send(8, updated(course_row(dose="twice a day", note="stings")), patient.pull()["timestamp"]) == []
    assert send(7, updated(course_row(dose="once a day")), seen) == ["conflict"]
    assert dose(patient) == ("twice a day", "stings")


def test_the_same_push_again_is_taken_again(patient, course_row, send):
    patient.push(treatment_courses=[course_row()])
    seen = patient.pull()["timestamp"]
    for _ in range(2):
        assert send(7, updated(course_row(dose="twice a day")), seen) == []
    assert dose(patient) == ("twice a day", None)


def test_a_phone_whose_clock_went_back_goes_on_once_it_has_pulled(patient, course_row, send):
    patient.push(treatment_courses=[course_row()])
    assert send(1_800_000_000_000, updated(course_row(dose="twice a day")), patient.pull()["timestamp"]) == []
    assert send(5, updated(course_row(dose="once a day")), patient.pull()["timestamp"]) == []
    assert dose(patient) == ("once a day", None)


def test_a_document_of_rxdb_that_comes_late_comes_back_as_the_server_has_it(patient, course_row):
    patient.push(treatment_courses=[course_row()])
    seen = patient.pull()["timestamp"]

    def send(number, dose):
        row = {"assumedMasterState": course_row(), "newDocumentState": {**course_row(dose=dose), "_deleted": False}}
        address = f"{patient.timeline}/rx/treatment_courses/push"
        return patient.post(address, json=[row], query_string={"push": number, "checkpoint": seen}).json

    assert send(8, "twice a day") == []
    assert [document["dose"] for document in send(7, "once a day")] == ["twice a day"]
