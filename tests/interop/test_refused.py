"""A record that the server does not take is set aside with the reason; everything else flows."""

import pytest


def test_one_bad_record_is_set_aside_and_the_others_arrive(phone, tablet, visit, course, settle):
    good = [visit(f"visit-{n:04}") for n in range(20)]
    for row in (*good[:10], visit("bad-visit-1", recorded_at="yesterday"), *good[10:]):
        phone.create("visits", row)
    phone.create("treatment_courses", course())
    held = settle(phone, tablet)
    assert held["visits"] == {row["id"]: row for row in good}
    assert held["treatment_courses"] == {"course-0001": course()}
    (refused,) = phone.refused()
    assert (refused["table"], refused["id"], refused["code"]) == ("visits", "bad-visit-1", "invalid")
    assert "recorded_at" in refused["detail"]
    assert refused["record"]["recorded_at"] == "yesterday"
    assert tablet.refused() == []


def test_a_change_of_what_may_not_change_is_set_aside_and_the_servers_row_shown(phone, tablet, visit, settle):
    phone.create("visits", visit())
    settle(phone, tablet)
    phone.update("visits", "visit-0001", note="changed")
    assert settle(phone, tablet) == {"visits": {"visit-0001": visit()}}
    (refused,) = phone.refused()
    assert (refused["code"], refused["record"]["note"]) == ("immutable", "changed")


def test_a_change_of_what_another_device_deleted_is_set_aside(phone, tablet, course, settle):
    phone.create("treatment_courses", course())
    settle(phone, tablet)
    tablet.remove("treatment_courses", "course-0001")
    tablet.sync()
    phone.create("treatment_courses", course("course-0002"))
    phone.update("treatment_courses", "course-0001", dose="twice a day")
    assert settle(phone, tablet) == {"treatment_courses": {"course-0002": course("course-0002")}}


def test_photos_of_a_visit_that_was_refused_wait_for_it_to_come_right(phone, tablet, visit, photo, settle):
    phone.create("visits", visit(recorded_at="yesterday"))
    phone.create("photos", photo())
    assert settle(phone, tablet) == {"photos": {"photo-0001": photo()}}
    phone.create("visits", visit())
    assert settle(phone, tablet) == {"visits": {"visit-0001": visit()}, "photos": {"photo-0001": photo()}}


UNREADABLE = {"half an emoji": "xxxxxxxxx\ud83d", "NUL": "a\0b"}


@pytest.mark.parametrize("note", UNREADABLE.values(), ids=UNREADABLE)
def test_a_note_that_cannot_be_read_stops_neither_its_push_nor_a_later_one(phone, tablet, visit, course, settle, note):
    phone.create("visits", visit())
    settle(phone)
    phone.create("visits", visit("visit-0002", note=note))
    phone.create("visits", visit("visit-0003"))
    settle(phone)
    phone.create("visits", visit("visit-0004", note="fine again"))
    phone.create("treatment_courses", course())
    held = settle(phone, tablet)
    assert held["visits"].keys() == {"visit-0001", "visit-0003", "visit-0004"}
    assert held["treatment_courses"] == {"course-0001": course()}
    (refused,) = phone.refused()
    assert (refused["id"], refused["code"], refused["detail"].split(":")[0]) == ("visit-0002", "invalid", "note")


@pytest.mark.parametrize("id", ["short", "with space", "........"])
def test_an_id_that_is_none_is_set_aside(phone, visit, id, settle):
    phone.create("visits", visit(id))
    phone.create("visits", visit())
    assert settle(phone) == {"visits": {"visit-0001": visit()}}
    assert [refused["id"] for refused in phone.refused()] == [id]
