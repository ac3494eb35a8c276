"""A server that is taken back to a backup gets everything again from the devices, and nothing that was deleted."""

import pytest


@pytest.fixture(scope="module")
def running(start_server):
    """A server of this module's own, since it is stopped."""
    return start_server()


def test_what_was_recorded_after_the_backup_comes_again(
    running, phone, tablet, visit, photo, course, settle, held_by, tmp_path
):
    phone.create("visits", visit())
    phone.create("treatment_courses", course())
    settle(phone, tablet)
    backup = running.back_up(tmp_path / "backups")
    tablet.create("visits", visit("visit-0002"))
    tablet.create("photos", photo(visit_id="visit-0002"))
    phone.create("treatment_courses", course("course-0002"))
    settle(phone, tablet)
    phone.create("visits", visit("visit-0003"))
    running.restore(backup)
    held = settle(phone, tablet)
    assert held["visits"].keys() == {"visit-0001", "visit-0002", "visit-0003"}
    assert held["photos"].keys() == {"photo-0001"}
    assert held["treatment_courses"].keys() == {"course-0001", "course-0002"}


def test_a_change_that_was_acknowledged_after_the_backup_comes_again(running, phone, tablet, course, settle, tmp_path):
    phone.create("treatment_courses", course())
    settle(phone, tablet)
    backup = running.back_up(tmp_path / "backups")
    tablet.update("treatment_courses", "course-0001", dose="twice a day")
    tablet.sync()
    running.restore(backup)
    phone.sync()
    held = settle(tablet, phone)
    assert held["treatment_courses"]["course-0001"] == course(dose="twice a day")


def test_what_was_deleted_after_the_backup_stays_deleted(running, phone, tablet, visit, course, settle, tmp_path):
    phone.create("visits", visit())
    phone.create("treatment_courses", course())
    settle(phone, tablet)
    backup = running.back_up(tmp_path / "backups")
    phone.remove("visits", "visit-0001")
    phone.sync()
    running.restore(backup)
    held = settle(tablet, phone)
    assert "visits" not in held


def test_what_was_deleted_and_not_sent_before_a_restore_stays_deleted(running, phone, tablet, visit, settle, tmp_path):
    backup = running.back_up(tmp_path / "backups")
    phone.create("visits", visit())
    settle(phone, tablet)
    running.restore(backup)
    phone.remove("visits", "visit-0001")
    assert settle(phone, tablet) == {}
