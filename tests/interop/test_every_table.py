"""Every table of a timeline, in the tables that apps copy and through both libraries."""

import json
import subprocess

import pytest
from marshmallow import fields

from server.sync.tables import TABLES
from server.timeline.daily_life import ONLY_PROFILE

TYPES = {fields.Boolean: "boolean", fields.Integer: "number", fields.Float: "number"}
READ_ONLY = ("clinician_notes", "grants", "model_notices")


def in_words(column):
    kind = next((word for kind, word in TYPES.items() if isinstance(column, kind)), "string")
    return f"{kind}?" if column.allow_none and column.name != "uploaded" else kind


def test_the_tables_that_apps_copy_are_those_of_the_server(node_files):
    code = 'import { TABLES } from "./tables.js"; console.log(JSON.stringify(TABLES))'
    done = subprocess.run(["node", "--input-type=module", "-e", code], cwd=node_files, capture_output=True, check=True)
    columns = {table.name: {name: in_words(column) for name, column in table.schema.fields.items()} for table in TABLES}
    for each in columns.values():
        del each["id"]
    assert json.loads(done.stdout) == columns


@pytest.fixture
def rows(visit, photo, course, assessed):
    """One row of every table that devices write."""
    when = {"recorded_at": "2026-03-01T20:00:00+01:00", "amends": None}
    result = assessed(papules=3)
    model = {f"model_{name}": value for name, value in result["model"].items()}
    return {
        "visits": visit(),
        "photos": photo(),
        "assessments": {"id": "assess-0001", "visit_id": "visit-0001", **when, **model, "result": json.dumps(result)},
        "treatment_courses": course(),
        "intakes": {"id": "intake-0001", "course_id": "course-0001", **when, "taken": True, "amount": "1 g"},
        "check_ins": {
            "id": "checkin-0001",
            **when,
            **dict.fromkeys(("itch", "pain", "oiliness", "dryness"), 3),
            **{"stress": None, "mood": 0, "bother": 10, "note": None},
        },
        "side_effects": {
            "id": "effect-0001",
            **{"what": "dry lips", "severity": 2, "course_id": "course-0001", "started_on": "2026-02-01"},
            **{"ended_on": None, "note": "worse in the wind"},
        },
        "spots": {
            "id": "spot-0001",
            **{"visit_id": "visit-0001", "photo_id": "photo-0001", "x": 0.1, "y": 0.6180339887498949},
            **{"still_there": None, "note": "a dark one"},
        },
        "reminders": {
            "id": "reminder-0001",
            "title": "Cream",
            "course_id": "course-0001",
            "time_of_day": "21:00",
            "weekdays": "1234567",
            "active": True,
        },
        "profiles": {"id": ONLY_PROFILE, "skin_type": 2, "sex": None},
    }


def test_a_row_of_every_table_arrives_as_it_was_written(open_device, another_process, patient, person, rows, settle):
    every = [*rows, *READ_ONLY]
    phone = open_device(patient, "phone", tables=every, process=another_process())
    tablet = open_device(patient, "tablet", tables=every, process=another_process())
    for table, row in rows.items():
        phone.create(table, row)
    dermatologist = person("dermatologist")
    patient.share_with(dermatologist)
    dermatologist.call("POST", f"/v1/timelines/{patient.timeline_id}/notes", {"text": "Go on as before."})
    held = settle(phone, tablet)
    assert {table: held[table] for table in rows} == {table: {row["id"]: row} for table, row in rows.items()}
    (note,), (grant,) = held["clinician_notes"].values(), held["grants"].values()
    assert (note["text"], grant["scope"], grant["revoked_at"]) == ("Go on as before.", "photos", None)


def test_what_only_the_server_writes_is_not_changed_by_a_device(open_device, patient, person, settle):
    phone = open_device(patient, "phone", tables=["visits", "grants"])
    grant = patient.share_with(person("dermatologist"), scope="records")
    phone.sync()
    phone.update("grants", grant, scope="photos")
    held = settle(phone)
    assert held["grants"][grant]["scope"] == "records"
