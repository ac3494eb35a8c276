"""Two versions of an app on one account: the older one erases nothing, and misses nothing once it is updated."""

import pytest

LACKS = {
    "treatment_courses": ["dose", "note", "stop_reason"],
    "visits": ["note"],
    "photos": ["kept_anyway"],
    "check_ins": None,
    "side_effects": None,
    "spots": None,
}
"""What the schema of the older version does not have: columns, and a whole table."""

TABLES = ("visits", "photos", "check_ins", "treatment_courses", "side_effects", "spots")
CHECK_IN = {"id": "checkin-0001", "recorded_at": "2026-03-01T20:00:00+01:00", "itch": 3, "note": "itchy"}
CHECK_IN |= dict.fromkeys(("pain", "oiliness", "stress", "mood", "dryness", "amends")) | {"bother": 7}
SIDE_EFFECT = {"id": "effect-0001", "what": "dry lips", "severity": 2, "course_id": "course-0001"}
SIDE_EFFECT |= {"started_on": "2026-02-01", "ended_on": None, "note": None}
SPOT = {"id": "spot-0001", "visit_id": "visit-0001", "photo_id": "photo-0001", "x": 0.25, "y": 0.75}
SPOT |= {"still_there": True, "note": "a dark one"}


@pytest.fixture
def newer(open_device, patient):
    return open_device(patient, "newer", tables=TABLES)


@pytest.fixture
def older(open_device, another_process, patient):
    return open_device(patient, "older", tables=TABLES, lacks=LACKS, process=another_process())


@pytest.fixture
def updated(another_process):
    """The device after its app was updated, with what it held."""

    def update(device):
        device.save()
        device.close()
        del device.opened["lacks"]
        device.opened |= {"lacked": LACKS, "version": 1}
        return device.reopened(another_process())

    return update


@pytest.fixture
def everything(visit, photo, course):
    """Rows with something in each column that the older version lacks."""
    full = course(dose="0.1 %", note="every other night", stop_reason="cost")
    taken = {"visits": visit(note="hello"), "photos": photo(kept_anyway=True), "treatment_courses": full}
    return taken | {"check_ins": CHECK_IN, "side_effects": SIDE_EFFECT, "spots": SPOT}


def known_to_older(held):
    """What of these rows the older version holds."""
    return {
        table: {
            id: {name: row[name] for name in row if name not in (LACKS.get(table) or ())} for id, row in rows.items()
        }
        for table, rows in held.items()
        if LACKS.get(table, ()) is not None
    }


def settle(*devices):
    for device in (*devices, *devices):
        device.sync()
    assert [device.refused() for device in devices] == [[]] * len(devices)
    assert not any(device.pending() for device in devices)


def test_an_older_app_ends_a_course_and_erases_nothing(newer, older, patient, everything):
    for table, row in everything.items():
        newer.create(table, row)
    settle(newer, older)
    assert older.rows() == known_to_older(newer.rows())
    older.update("treatment_courses", "course-0001", stopped_on="2026-04-01")
    settle(older, newer)
    course = {**everything["treatment_courses"], "stopped_on": "2026-04-01"}
    expected = {table: {row["id"]: row} for table, row in (everything | {"treatment_courses": course}).items()}
    assert newer.rows() == patient.rows() == expected


def test_both_change_a_course_at_once_and_both_changes_are_kept(newer, older, patient, everything):
    newer.create("treatment_courses", everything["treatment_courses"])
    settle(newer, older)
    newer.update("treatment_courses", "course-0001", dose="0.3 %")
    older.update("treatment_courses", "course-0001", stopped_on="2026-04-01")
    settle(newer, older)
    settle(newer, older)
    held = {**everything["treatment_courses"], "dose": "0.3 %", "stopped_on": "2026-04-01"}
    assert newer.rows() == patient.rows() == {"treatment_courses": {"course-0001": held}}


def test_what_an_older_app_skipped_is_there_once_it_is_updated(newer, older, patient, updated, everything):
    for table, row in everything.items():
        newer.create(table, row)
    settle(newer, older)
    phone = updated(older)
    settle(phone)
    assert phone.rows() == patient.rows() == {table: {row["id"]: row} for table, row in everything.items()}


def test_what_an_older_app_wrote_first_is_whole_once_both_have_it(newer, older, patient, updated, visit, course):
    """The other order: the older version makes the course, the newer one fills in what that does not know."""
    row = course()
    older.create("treatment_courses", {name: row[name] for name in row if name not in LACKS["treatment_courses"]})
    settle(older, newer)
    newer.update("treatment_courses", "course-0001", dose="0.1 %", note="every other night")
    settle(newer, older)
    older.update("treatment_courses", "course-0001", stopped_on="2026-04-01")
    settle(older, newer)
    phone = updated(older)
    settle(phone, newer)
    whole = course(dose="0.1 %", note="every other night", stopped_on="2026-04-01")
    assert phone.rows() == newer.rows() == patient.rows() == {"treatment_courses": {"course-0001": whole}}


def test_a_change_made_before_the_update_and_sent_after_it_erases_nothing(newer, older, patient, updated, everything):
    newer.create("treatment_courses", everything["treatment_courses"])
    settle(newer, older)
    older.update("treatment_courses", "course-0001", name="Adapalene")
    settle(older, newer)  # The older phone has written the row last: no conflict stands between it and its next write.
    older.update("treatment_courses", "course-0001", stopped_on="2026-04-01")
    phone = updated(older)
    settle(phone, newer)
    held = {**everything["treatment_courses"], "name": "Adapalene", "stopped_on": "2026-04-01"}
    assert phone.rows() == newer.rows() == patient.rows() == {"treatment_courses": {"course-0001": held}}


def test_a_change_right_after_the_update_erases_nothing(newer, older, patient, updated, everything):
    newer.create("treatment_courses", everything["treatment_courses"])
    settle(newer, older)
    older.update("treatment_courses", "course-0001", name="Adapalene")
    settle(older, newer)
    phone = updated(older)
    phone.update("treatment_courses", "course-0001", stopped_on="2026-04-01")
    settle(phone, newer)
    held = {**everything["treatment_courses"], "name": "Adapalene", "stopped_on": "2026-04-01"}
    assert phone.rows() == newer.rows() == patient.rows() == {"treatment_courses": {"course-0001": held}}
