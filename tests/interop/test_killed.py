"""Devices whose process is killed in the middle of a sync, and what is on their disk afterwards."""

import pytest


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_phone_killed_between_pull_and_push_loses_nothing(
    moment, open_device, another_process, patient, tablet, visit, course, settle, killed
):
    phone = open_device(patient, "phone", process=another_process())
    phone.create("treatment_courses", course())
    settle(phone, tablet)
    tablet.update("treatment_courses", "course-0001", dose="twice a day")
    tablet.create("visits", visit("visit-0002"))
    tablet.sync()
    phone.create("visits", visit())
    phone.update("treatment_courses", "course-0001", note="itches")
    with pytest.raises(killed):
        phone.sync(dies=moment)
    phone = phone.reopened(another_process())
    held = settle(phone, tablet)
    assert held["visits"] == {"visit-0001": visit(), "visit-0002": visit("visit-0002")}
    assert held["treatment_courses"] == {"course-0001": course(dose="twice a day", note="itches")}
    assert phone.refused() == []


def test_a_phone_killed_while_it_deletes_brings_nothing_back(
    open_device, another_process, patient, tablet, visit, settle, killed
):
    phone = open_device(patient, "phone", process=another_process())
    phone.create("visits", visit())
    settle(phone, tablet)
    phone.remove("visits", "visit-0001")
    with pytest.raises(killed):
        phone.sync(dies="after")
    assert settle(phone.reopened(another_process()), tablet) == {}


def test_a_reinstalled_phone_has_everything_again(open_device, patient, tablet, visit, course, settle):
    tablet.create("visits", visit())
    tablet.create("treatment_courses", course())
    tablet.remove("visits", "visit-0001")
    settle(tablet)
    phone = open_device(patient, "new-phone")
    assert settle(phone, tablet) == {"treatment_courses": {"course-0001": course()}}
