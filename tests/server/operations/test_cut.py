"""After a restore the server says up to where a phone's rows may take the place of its own."""

import pytest

EPOCH = 2**32


@pytest.fixture
def lost(server, patient, course_row):
    """A course that a tablet changed after the backup, as it had it then; and the tablet."""
    tablet = patient.on_another_device()
    patient.push(treatment_courses=[course_row()])
    backup = server.back_up()
    changed = course_row(dose="twice a day")
    seen = tablet.pull()["timestamp"]
    assert tablet.send({"treatment_courses": {"updated": [changed]}}, seen) == []
    cursors = {"before": seen, "after": tablet.pull()["timestamp"]}
    server.restore(backup)
    server.reach(patient, tablet)
    return tablet, changed, cursors


def kept_of(person, cursor):
    answer = person.get(f"{person.timeline}/sync", query_string={"last_pulled_at": cursor})
    assert (answer.status_code, answer.json["reason"]) == (410, "restored")
    return answer.json["cursor"]


@pytest.mark.parametrize("pulled", ["before", "after"])
def test_a_change_that_was_lost_takes_the_place_of_what_the_backup_had(lost, pulled):
    tablet, changed, cursors = lost
    assert tablet.send({"treatment_courses": {"updated": [changed]}}, kept_of(tablet, cursors[pulled])) == []
    (course,) = tablet.pull()["changes"]["treatment_courses"]["updated"]
    assert course["dose"] == "twice a day"


def test_it_does_not_take_the_place_of_what_another_phone_brought_since(lost, patient, course_row):
    tablet, changed, cursors = lost
    cursor = kept_of(tablet, cursors["after"])
    assert patient.send({"treatment_courses": {"updated": [course_row(dose="once a day")]}}, cursor) == []
    (verdict,) = tablet.send({"treatment_courses": {"updated": [changed]}}, cursor)
    assert (verdict["code"], verdict["current"]["dose"]) == ("conflict", "once a day")


def test_a_cursor_of_a_log_that_another_restore_cut_is_worth_nothing(lost, patient):
    tablet, _, cursors = lost
    assert kept_of(tablet, cursors["after"] - EPOCH) % EPOCH == 0
    assert kept_of(tablet, cursors["after"]) % EPOCH == 1
