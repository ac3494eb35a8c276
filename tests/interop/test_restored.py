"""A server that is taken back to a backup gets everything again from the devices, and nothing that was deleted."""

import pytest


@pytest.fixture(scope="module")
def running(start_server):
    """A server of this module's own, since it is stopped."""
    return start_server()


def test_what_came_after_the_backup_comes_again_and_what_went_stays_gone(
    running, phone, tablet, visit, photo, course, settle, tmp_path
):
    phone.create("visits", visit())
    phone.create("visits", visit("visit-0002"))
    phone.create("treatment_courses", course(dose="once a day"))
    settle(phone, tablet)
    backup = running.back_up(tmp_path / "backups")
    tablet.create("visits", visit("visit-0003"))
    tablet.create("photos", photo(visit_id="visit-0003"))
    tablet.update("treatment_courses", "course-0001", dose="twice a day")
    phone.create("treatment_courses", course("course-0002"))
    phone.remove("visits", "visit-0001")
    settle(phone, tablet)
    tablet.update("treatment_courses", "course-0002", note="in the evening")
    tablet.sync()
    phone.create("visits", visit("visit-0004"))
    phone.remove("visits", "visit-0002")
    running.restore(backup)
    held = settle(phone, tablet)
    assert held["visits"].keys() == {"visit-0003", "visit-0004"}
    assert held["photos"].keys() == {"photo-0001"}
    assert held["treatment_courses"]["course-0001"] == course(dose="twice a day")
    notes = [row["record"]["note"] for row in tablet.refused()]
    assert "in the evening" in (*notes, held["treatment_courses"]["course-0002"]["note"])


def test_amendments_come_again_after_what_they_amend_in_however_many_requests(running, phone, visit, settle, tmp_path):
    backup = running.back_up(tmp_path / "backups")
    for number in range(1, 151):
        phone.create("visits", visit(f"visit-{number:04}"))
    phone.create("visits", visit("visit-0000", amends="visit-0150"))
    settle(phone)
    running.restore(backup)
    assert len(settle(phone)["visits"]) == 151
    assert phone.refused() == []


def test_a_device_that_was_long_away_undoes_no_change_by_posting_everything(
    running, phone, tablet, visit, course, settle, tmp_path
):
    phone.create("treatment_courses", course(dose="once a day"))
    phone.create("treatment_courses", course("course-0002", dose="once a day"))
    settle(phone, tablet)
    phone.update("treatment_courses", "course-0001", dose="twice a day")
    phone.sync()
    backup = running.back_up(tmp_path / "backups")
    phone.update("treatment_courses", "course-0002", dose="twice a day")
    settle(phone)
    running.restore(backup)
    phone.sync()
    tablet.update("treatment_courses", "course-0002", note="itches")
    tablet.sync(late=True)
    held = settle(tablet, phone)
    assert held["treatment_courses"] == {
        "course-0001": course(dose="twice a day"),
        "course-0002": course("course-0002", dose="twice a day", note="itches"),
    }


def test_an_app_that_was_updated_before_it_posts_everything_erases_nothing(
    running, open_device, another_process, patient, phone, visit, course, settle, tmp_path
):
    lacks = {"treatment_courses": ["dose", "note"]}
    older = open_device(patient, "older", lacks=lacks, process=another_process())
    whole = course(dose="0.1 %", note="every other night")
    phone.create("treatment_courses", whole)
    for device in (phone, older):
        device.sync()
    older.update("treatment_courses", "course-0001", name="Adapalene")
    older.sync()
    backup = running.back_up(tmp_path / "backups")
    phone.create("visits", visit())
    for device in (phone, older):
        device.sync()
    older.save()
    older.close()
    running.restore(backup)
    del older.opened["lacks"]
    older.opened |= {"lacked": lacks, "version": 1}
    updated = older.reopened(another_process())
    assert settle(updated, phone) == {
        "visits": {"visit-0001": visit()},
        "treatment_courses": {"course-0001": {**whole, "name": "Adapalene"}},
    }
    assert (updated.refused(), phone.refused()) == ([], [])


def reopened_with(device, tables, process):
    device.save()
    device.close()
    device.opened["tables"] = tables
    return device.reopened(process)


@pytest.mark.parametrize("library", ["rxdb"])
def test_a_device_that_was_cut_off_between_two_tables_undoes_nothing_in_the_second(
    running, open_device, another_process, patient, phone, visit, course, settle, tmp_path
):
    tablet = open_device(patient, "tablet", process=another_process())
    phone.create("visits", visit())
    phone.create("treatment_courses", course(dose="once a day"))
    settle(phone, tablet)
    phone.create("visits", visit("visit-0002"))
    phone.update("treatment_courses", "course-0001", dose="twice a day")
    settle(phone)
    tables = tablet.opened["tables"]
    tablet = reopened_with(tablet, ["visits"], another_process())
    tablet.sync()
    tablet = reopened_with(tablet, tables, another_process())
    running.restore(running.back_up(tmp_path / "backups"))
    assert settle(tablet, phone)["treatment_courses"] == {"course-0001": course(dose="twice a day")}
