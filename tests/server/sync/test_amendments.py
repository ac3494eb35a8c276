"""An amendment is a new row that names the old: kept whoever else amended it, and gone with its record."""

import pytest

from server.timeline.amendments import Versions

pytestmark = pytest.mark.both_databases

ROWS = {
    "visits": {"recorded_at": "2026-03-01T08:30:00+01:00", "guided": True},
    "check_ins": {"recorded_at": "2026-03-01T08:30:00+01:00"},
    "intakes": {"recorded_at": "2026-03-01T08:30:00+01:00", "course_id": "course-0001", "taken": True},
}
TABLES = ["visits", "intakes"]


def row(table, id, amends=None):
    return {"id": id, **ROWS[table], "amends": amends}


def codes(rejected):
    return [(verdict["id"], verdict["code"]) for verdict in rejected]


def living(person, table):
    return {row["id"] for row in person.pull()["changes"][table]["updated"]}


@pytest.fixture
def tablet(patient):
    return patient.on_another_device()


@pytest.mark.parametrize("table", TABLES)
def test_two_devices_may_amend_one_row_and_both_are_kept(patient, tablet, table):
    patient.push(**{table: [row(table, "original")]})
    assert patient.push(**{table: [row(table, "by-phone", "original")]}) == []
    assert tablet.push(**{table: [row(table, "by-tablet", "original")]}) == []
    assert living(patient, table) == {"original", "by-phone", "by-tablet"}


def test_an_amendment_comes_with_what_it_amends_in_any_order(patient):
    chain = [row("visits", f"visit-{n:04}", f"visit-{n - 1:04}" if n else None) for n in range(50)]
    assert patient.push(visits=chain[::-1]) == []
    assert len(living(patient, "visits")) == 50


@pytest.mark.parametrize("table", TABLES)
def test_an_amendment_of_nothing_is_refused_until_that_is_there(patient, table):
    amendment = row(table, "amendment", "original")
    assert codes(patient.push(**{table: [amendment]})) == [("amendment", "amended_unknown")]
    assert patient.push(**{table: [row(table, "original")]}) == []
    assert patient.push(**{table: [amendment]}) == []


def test_an_amendment_of_a_row_of_another_table_is_refused(patient):
    patient.push(visits=[row("visits", "original")])
    assert codes(patient.push(check_ins=[row("check_ins", "amendment", "original")])) == [
        ("amendment", "amended_unknown")
    ]


def test_an_amendment_of_itself_is_refused(patient):
    (verdict,) = patient.push(visits=[row("visits", "original", "original")])
    assert (verdict["code"], verdict["detail"]) == ("invalid", "amends: Must name another record.")


def test_amendments_in_a_circle_are_refused_and_the_rest_is_taken(patient):
    circle = [row("visits", "visit-000a", "visit-000b"), row("visits", "visit-000b", "visit-000c")]
    circle += [row("visits", "visit-000c", "visit-000a"), row("visits", "visit-000d")]
    assert codes(patient.push(visits=circle)) == [
        (f"visit-000{letter}", "amended_unknown") for letter in ("a", "b", "c")
    ]
    assert living(patient, "visits") == {"visit-000d"}


@pytest.mark.parametrize("table", ["photos", "assessments"])
def test_an_amendment_stays_with_its_visit(patient, photo_row, assessment_row, table):
    make = {"photos": photo_row, "assessments": assessment_row}[table]
    original = make(id="original")
    patient.push(**{table: [original]})
    (verdict,) = patient.push(
        **{table: [{**original, "id": "amendment", "amends": "original", "visit_id": "another1"}]}
    )
    assert (verdict["code"], verdict["detail"]) == ("invalid", "amends: Must name a record of the same visit.")
    assert patient.push(**{table: [{**original, "id": "amendment", "amends": "original"}]}) == []


def test_an_amendment_of_a_deleted_row_is_gone(patient, tablet):
    patient.push(visits=[row("visits", "original")])
    patient.send({"visits": {"deleted": ["original"]}})
    (verdict,) = tablet.push(visits=[row("visits", "amendment", "original")])
    assert (verdict["code"], verdict["detail"]) == ("gone", "The record that this one amends was deleted.")


@pytest.mark.parametrize("named", ["original", "first-amendment", "last-amendment"])
def test_a_deleted_record_goes_in_all_its_versions(patient, named):
    versions = [row("check_ins", "original"), row("check_ins", "first-amendment", "original")]
    versions += [row("check_ins", "last-amendment", "first-amendment"), row("check_ins", "another-one")]
    patient.push(check_ins=versions)
    assert patient.send({"check_ins": {"deleted": [named]}}) == []
    assert living(patient, "check_ins") == {"another-one"}
    assert sorted(patient.pull()["changes"]["check_ins"]["deleted"]) == [
        "first-amendment",
        "last-amendment",
        "original",
    ]


def test_a_deletion_does_not_take_an_amendment_along_that_its_device_has_not_seen(patient, tablet):
    patient.push(check_ins=[row("check_ins", "original")])
    seen = patient.pull()["timestamp"]
    tablet.push(check_ins=[row("check_ins", "by-tablet", "original")])
    delete = {"check_ins": {"deleted": ["original"]}}
    assert codes(patient.send(delete, seen)) == [("original", "conflict")]
    assert living(patient, "check_ins") == {"original", "by-tablet"}
    assert patient.send(delete, patient.pull()["timestamp"]) == []
    assert living(patient, "check_ins") == set()


def test_a_deleted_visit_takes_the_photos_of_all_its_versions_along(patient, visit_row, photo_row):
    patient.push(visits=[visit_row()], photos=[photo_row()])
    later = photo_row(id="photo-0002", visit_id="visit-0002")
    patient.push(visits=[visit_row("visit-0002", amends="visit-0001")], photos=[later])
    patient.send({"visits": {"deleted": ["visit-0002"]}})
    assert (living(patient, "visits"), living(patient, "photos")) == (set(), set())


def test_of_several_amendments_the_one_written_last_stands():
    written = [("b", "a"), ("c", "a"), ("d", "b"), ("y", "x")]
    assert Versions(written).standing() == {"a": "d", "b": "d", "c": "d", "d": "d", "x": "y", "y": "y"}
    assert Versions([*written, ("e", "a")]).standing()["d"] == "e"
