"""What two devices of one patient do, by the libraries that apps use, ends in one and the same data everywhere."""

import pytest


def test_what_one_device_records_is_on_the_other(phone, tablet, visit, photo, course, settle):
    phone.create("visits", visit(note="before work, in daylight: ünïcode ✓"))
    phone.create("photos", photo())
    tablet.create("treatment_courses", course())
    held = settle(phone, tablet)
    assert {table: list(rows) for table, rows in held.items()} == {
        "visits": ["visit-0001"],
        "photos": ["photo-0001"],
        "treatment_courses": ["course-0001"],
    }


def test_concurrent_changes_of_a_course_are_merged_column_by_column(phone, tablet, course, settle):
    phone.create("treatment_courses", course())
    settle(phone, tablet)
    phone.update("treatment_courses", "course-0001", dose="once a day")
    tablet.update("treatment_courses", "course-0001", stopped_on="2026-02-01")
    held = settle(phone, tablet)
    assert held["treatment_courses"]["course-0001"] == course(dose="once a day", stopped_on="2026-02-01")


def test_the_same_column_changed_on_both_devices_ends_as_the_last_one_to_push_has_it(phone, tablet, course, settle):
    phone.create("treatment_courses", course())
    settle(phone, tablet)
    phone.update("treatment_courses", "course-0001", dose="once a day")
    tablet.update("treatment_courses", "course-0001", dose="twice a day")
    held = settle(phone, tablet)
    assert held["treatment_courses"]["course-0001"] == course(dose="twice a day")
    assert phone.refused() == tablet.refused() == []


def test_created_synced_deleted_synced_stays_deleted(phone, tablet, visit, photo, course, settle):
    phone.create("visits", visit())
    phone.create("photos", photo())
    phone.create("treatment_courses", course())
    settle(phone, tablet)
    phone.remove("visits", "visit-0001")
    tablet.remove("treatment_courses", "course-0001")
    assert settle(phone, tablet) == {}
    assert settle(phone, tablet) == {}


def test_what_one_device_deletes_while_another_changes_it_stays_deleted(phone, tablet, course, settle):
    phone.create("treatment_courses", course())
    settle(phone, tablet)
    phone.remove("treatment_courses", "course-0001")
    tablet.update("treatment_courses", "course-0001", dose="twice a day")
    assert settle(phone, tablet) == {}


def test_a_record_created_and_deleted_before_any_sync_never_comes(phone, tablet, visit, settle):
    phone.create("visits", visit())
    phone.remove("visits", "visit-0001")
    assert settle(phone, tablet) == {}


@pytest.mark.parametrize("change", ["created", "changed", "deleted"])
def test_what_was_taken_and_whose_answer_was_lost_is_there_once(change, wire, phone, tablet, course, settle):
    if change != "created":
        phone.create("treatment_courses", course())
        settle(phone, tablet)
    if change == "created":
        phone.create("treatment_courses", course())
    elif change == "changed":
        phone.update("treatment_courses", "course-0001", dose="once a day")
    else:
        phone.remove("treatment_courses", "course-0001")
    wire.lose_answers = 1
    with pytest.raises(Exception, match=r"fetch failed|terminated"):
        phone.sync()
    assert phone.pending()
    held = settle(phone, tablet)
    if change == "deleted":
        assert held == {}
    else:
        expected = course() if change == "created" else course(dose="once a day")
        assert held == {"treatment_courses": {"course-0001": expected}}


def test_a_lost_answer_and_another_devices_change_after_it_lose_neither(wire, phone, tablet, course, settle):
    phone.create("treatment_courses", course())
    wire.lose_answers = 1
    with pytest.raises(Exception, match=r"fetch failed|terminated"):
        phone.sync()
    tablet.sync()
    tablet.update("treatment_courses", "course-0001", dose="twice a day")
    tablet.sync()
    phone.update("treatment_courses", "course-0001", note="itches")
    held = settle(phone, tablet)
    assert held["treatment_courses"]["course-0001"] == course(dose="twice a day", note="itches")


def test_a_record_deleted_elsewhere_after_a_lost_answer_does_not_come_back(wire, phone, tablet, visit, settle):
    phone.create("visits", visit())
    wire.lose_answers = 1
    with pytest.raises(Exception, match=r"fetch failed|terminated"):
        phone.sync()
    tablet.sync()
    tablet.remove("visits", "visit-0001")
    tablet.sync()
    assert settle(phone, tablet) == {}


def test_clocks_that_are_wrong_by_years_change_nothing(open_device, patient, course, visit, settle):
    phone = open_device(patient, "phone", seconds=-20 * 365 * 86400)
    tablet = open_device(patient, "tablet", seconds=20 * 365 * 86400)
    phone.create("treatment_courses", course())
    tablet.create("visits", visit())
    settle(phone, tablet)
    tablet.update("treatment_courses", "course-0001", dose="twice a day")
    settle(phone, tablet)
    phone.update("treatment_courses", "course-0001", dose="once a day")
    phone.remove("visits", "visit-0001")
    assert settle(phone, tablet) == {"treatment_courses": {"course-0001": course(dose="once a day")}}


def test_what_is_written_after_a_wrong_clock_was_set_right_arrives(
    open_device, another_process, patient, visit, settle
):
    phone = open_device(patient, "phone", seconds=20 * 365 * 86400, process=another_process())
    phone.create("visits", visit())
    settle(phone)
    phone.save()
    phone.opened["seconds"] = 0
    phone = phone.reopened(another_process())
    phone.create("visits", visit("visit-0002"))
    assert settle(phone)["visits"].keys() == {"visit-0001", "visit-0002"}


def test_an_ended_sign_in_costs_nothing_that_was_not_sent(phone, patient, visit, settle):
    phone.create("visits", visit())
    phone.signed_in("ended")
    with pytest.raises(Exception, match="Sign in") as refused:
        phone.sync()
    assert refused.value.status == 401
    phone.signed_in(patient.sign_in())
    assert settle(phone) == {"visits": {"visit-0001": visit()}}


def test_a_change_that_was_taken_back_undoes_none_of_another_device(phone, tablet, course, settle):
    """RxDB sends 100 documents at a time; the last one waits for its turn while the phone's change of it is pulled."""
    ids = [f"course-{number:04}" for number in range(101)]
    tablet.create_all("treatment_courses", [course(id) for id in ids])
    settle(tablet, phone)
    phone.update("treatment_courses", ids[-1], dose="twice a day")
    phone.sync()
    for id in ids:
        tablet.update("treatment_courses", id, note="itches")
    tablet.update("treatment_courses", ids[-1], note=None)
    held = settle(tablet, phone)["treatment_courses"]
    assert held[ids[-1]] == course(ids[-1], dose="twice a day")
    assert all(held[id]["note"] == "itches" for id in ids[:-1])
