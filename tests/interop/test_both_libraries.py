"""Two apps of one patient, each with its own library, on a server with PostgreSQL."""

import pytest


@pytest.fixture(scope="module")
def running(start_server, postgresql):
    """A server whose database is a PostgreSQL's."""
    return start_server(postgresql.url(postgresql.create()))


@pytest.fixture
def library():
    return "watermelondb"


@pytest.fixture
def other(open_device, start_devices, patient):
    """The patient's device with RxDB."""
    return open_device(patient, "other", process=start_devices("rxdb"))


def test_what_one_library_writes_the_other_has(phone, other, visit, photo, course, settle):
    phone.create("visits", visit())
    other.create("visits", visit("visit-0002"))
    other.create("photos", photo(visit_id="visit-0002"))
    phone.create("treatment_courses", course())
    settle(phone, other)
    phone.update("treatment_courses", "course-0001", dose="once a day")
    other.update("treatment_courses", "course-0001", note="itches")
    phone.remove("visits", "visit-0002")
    held = settle(phone, other)
    assert held["visits"].keys() == {"visit-0001"}
    assert "photos" not in held
    assert held["treatment_courses"] == {"course-0001": course(dose="once a day", note="itches")}


def test_five_thousand_rows_of_one_push_arrive_in_both(phone, other, patient, visit, held_by):
    rows = [visit(f"visit-{n:04}") for n in range(5000)]
    assert patient.push(visits=rows) == []
    phone.sync()
    other.sync()
    assert len(held_by(phone, other)["visits"]) == 5000
