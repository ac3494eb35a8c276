"""Check-ins, intakes, reminders and the profile on the wire."""

import pytest

from server.sync.reading import values_of
from server.sync.tables import TABLES
from server.sync.verdict import Invalid

pytestmark = pytest.mark.both_databases

WHEN = "2026-03-01T08:30:00+01:00"
CHECK_IN = {"id": "check-0001", "recorded_at": WHEN, "itch": 0, "pain": 10, "mood": 7, "bother": 9, "note": "Dry."}
INTAKE = {"id": "intake-0001", "course_id": "course-0001", "recorded_at": WHEN, "taken": False, "amount": "1 tablet"}
SIDE_EFFECT = {"id": "effect-0001", "what": "dry lips", "severity": 2, "started_on": "2026-02-01", "note": "Windy."}
REMINDER = {"id": "remind-0001", "title": "Adapalene", "time_of_day": "21:30", "weekdays": "135", "active": True}
PROFILE = {"id": "the-profile", "skin_type": 4, "sex": "female"}
EVERYTHING = {"check_ins": CHECK_IN, "intakes": INTAKE, "side_effects": SIDE_EFFECT}
EVERYTHING |= {"reminders": REMINDER, "profiles": PROFILE}
NOT_ANSWERED = {"oiliness": None, "stress": None, "dryness": None}


def codes(rejected):
    return [(verdict["id"], verdict["code"]) for verdict in rejected]


@pytest.mark.parametrize("table", EVERYTHING)
def test_what_is_pushed_is_pulled(patient, table):
    assert patient.push(**{table: [EVERYTHING[table]]}) == []
    (row,) = patient.pull()["changes"][table]["updated"]
    assert EVERYTHING[table].items() <= row.items()


def test_a_scale_that_was_not_answered_is_null(patient):
    patient.push(check_ins=[CHECK_IN])
    (row,) = patient.pull()["changes"]["check_ins"]["updated"]
    assert NOT_ANSWERED.items() <= row.items()


@pytest.mark.parametrize(("table", "change"), [("check_ins", {"itch": 1}), ("intakes", {"taken": True})])
def test_check_ins_and_intakes_are_immutable(patient, table, change):
    patient.push(**{table: [EVERYTHING[table]]})
    assert codes(patient.push(**{table: [EVERYTHING[table] | change]})) == [(EVERYTHING[table]["id"], "immutable")]


@pytest.mark.parametrize(
    ("table", "mine", "theirs"), [("reminders", "a", "b"), ("profiles", "male", "other"), ("side_effects", "a", "b")]
)
def test_what_may_be_changed_conflicts_when_another_device_changed_them(patient, table, mine, theirs):
    column = {"reminders": "title", "profiles": "sex", "side_effects": "what"}[table]
    tablet, row = patient.on_another_device(), EVERYTHING[table]
    patient.push(**{table: [row]})
    seen = patient.pull()["timestamp"]
    assert tablet.send({table: {"updated": [row | {column: theirs}]}}, seen) == []
    (verdict,) = patient.send({table: {"updated": [row | {column: mine}]}}, seen)
    assert (verdict["code"], verdict["current"][column]) == ("conflict", theirs)


def test_two_phones_that_make_a_profile_apart_make_one(patient):
    tablet = patient.on_another_device()
    patient.push(profiles=[PROFILE])
    assert codes(tablet.push(profiles=[PROFILE | {"skin_type": None}])) == [("the-profile", "conflict")]
    assert tablet.push(profiles=[PROFILE]) == []
    assert len(patient.pull()["changes"]["profiles"]["updated"]) == 1


def test_a_profile_is_emptied_and_not_deleted(patient):
    patient.push(profiles=[PROFILE])
    (verdict,) = patient.send({"profiles": {"deleted": ["the-profile"]}})
    assert (verdict["code"], verdict["current"]) == ("not_deletable", PROFILE)
    assert patient.push(profiles=[{"id": "the-profile", "skin_type": None, "sex": None}]) == []
    assert patient.pull()["changes"]["profiles"]["updated"] == [{"id": "the-profile", "skin_type": None, "sex": None}]


def test_intakes_stay_when_their_course_is_deleted_and_may_still_come(patient, course_row):
    patient.push(treatment_courses=[course_row()], intakes=[INTAKE])
    patient.send({"treatment_courses": {"deleted": ["course-0001"]}})
    assert patient.push(intakes=[INTAKE | {"id": "intake-0002"}]) == []
    assert [row["id"] for row in patient.pull()["changes"]["intakes"]["updated"]] == ["intake-0001", "intake-0002"]


def test_reminders_are_the_owners_alone(patient, dermatologist):
    patient.push(**{table: [row] for table, row in EVERYTHING.items()})
    patient.share_with(dermatologist)
    dermatologist.timeline_id = patient.timeline_id
    changes = dermatologist.pull()["changes"]
    assert "reminders" not in changes
    assert all(len(changes[table]["updated"]) == 1 for table in EVERYTHING.keys() - {"reminders"})


WRONG = [
    ("check_ins", {"itch": 11}),
    ("check_ins", {"pain": -1}),
    ("check_ins", {"mood": "7"}),
    ("check_ins", {"mood": 7.5}),
    ("check_ins", {"stress": True}),
    ("check_ins", {"recorded_at": "2026-03-01T08:30:00"}),
    ("check_ins", {"note": "x" * 10_001}),
    ("intakes", {"taken": "yes"}),
    ("intakes", {"taken": None}),
    ("intakes", {"course_id": None}),
    ("intakes", {"course_id": "short"}),
    ("intakes", {"amount": ""}),
    ("intakes", {"amount": 2}),
    ("check_ins", {"dryness": 11}),
    ("check_ins", {"bother": -1}),
    ("side_effects", {"what": ""}),
    ("side_effects", {"severity": 0}),
    ("side_effects", {"severity": 4}),
    ("side_effects", {"severity": "2"}),
    ("side_effects", {"ended_on": "2026-01-31"}),
    ("side_effects", {"started_on": None}),
    ("side_effects", {"course_id": "short"}),
    ("reminders", {"title": ""}),
    ("reminders", {"time_of_day": "24:00"}),
    ("reminders", {"time_of_day": "7:30"}),
    ("reminders", {"weekdays": ""}),
    ("reminders", {"weekdays": "31"}),
    ("reminders", {"weekdays": "18"}),
    ("reminders", {"active": "on"}),
    ("profiles", {"skin_type": 7}),
    ("profiles", {"skin_type": 0}),
    ("profiles", {"sex": "?"}),
    ("profiles", {"id": "my-profile"}),
]


@pytest.mark.parametrize(("name", "wrong"), WRONG)
def test_a_wrong_value_is_refused_by_its_column(name, wrong):
    table = next(table for table in TABLES if table.name == name)
    with pytest.raises(Invalid) as refused:
        values_of(table, EVERYTHING[name] | wrong)
    assert refused.value.text.split(":")[0] == next(iter(wrong))
