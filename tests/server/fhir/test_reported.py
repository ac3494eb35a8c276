"""Check-ins, side effects and reasons for stopping, as FHIR R4 has them."""

from typing import Any

import pytest

WHEN = "2026-02-20T20:00:00+01:00"


@pytest.fixture
def resources(patient: Any, course_row: Any) -> Any:
    """Reads the bundle's resources of one type, of a patient who reports something."""
    rejected = patient.push(
        check_ins=[{"id": "check-0001", "recorded_at": WHEN, "mood": 1, "bother": 10, "note": "low"}],
        side_effects=[
            {"id": "effect-01", "what": "dry lips", "severity": 2, "started_on": "2026-02-01", "note": "<wind>"}
            | {"course_id": "course-0001", "ended_on": "2026-02-09"},
            {"id": "effect-02", "what": "nausea", "severity": 3, "started_on": "2026-02-20", "course_id": "gone-0001"},
        ],
        treatment_courses=[
            course_row(stopped_on="2026-02-25", stop_reason="side_effect"),
            course_row("course-0002", stopped_on="2026-02-25", stop_reason="finished"),
            course_row("course-0003", stopped_on="2026-02-25"),
            course_row("course-0004", stopped_on="2026-12-24"),
            course_row("course-0005", started_on="2026-12-24"),
            course_row("course-0006", kind="procedure", stopped_on="2026-02-25", stop_reason="My own reason"),
        ],
    )
    assert rejected == []

    def read(kind: str) -> list[dict[str, Any]]:
        entries = patient.get(f"{patient.timeline}/fhir").json["entry"]
        return [entry["resource"] for entry in entries if entry["resource"]["resourceType"] == kind]

    return read


def test_a_check_in_is_a_survey_by_the_patient(resources: Any) -> None:
    ((observation),) = resources("Observation")
    assert (observation["status"], observation["effectiveDateTime"]) == ("final", WHEN)
    assert observation["category"][0]["coding"][0]["code"] == "survey"
    assert "meta" not in observation, "no machine asserted it"
    answers = {part["code"]["coding"][0]["code"]: part["valueInteger"] for part in observation["component"]}
    assert answers == {"mood": 1, "bother": 10}
    assert observation["performer"] == [observation["subject"]]
    (system,) = resources("CodeSystem")
    assert {"check-in", *answers} <= {concept["code"] for concept in system["concept"]}
    assert observation["note"] == [{"text": "low"}]


def test_a_side_effect_is_an_adverse_event_that_suspects_its_course(resources: Any) -> None:
    lips, nausea = resources("AdverseEvent")
    assert [each["event"]["text"] for each in (lips, nausea)] == ["dry lips", "nausea"]
    assert [each["severity"]["coding"][0]["code"] for each in (lips, nausea)] == ["moderate", "severe"]
    assert [each["outcome"]["coding"][0]["code"] for each in (lips, nausea)] == ["resolved", "ongoing"]
    course = resources("MedicationStatement")[0]
    assert lips["suspectEntity"] == [
        {"instance": {"reference": f"urn:uuid:{course['id']}", "type": course["resourceType"]}}
    ]
    assert "suspectEntity" not in nausea
    assert "From 2026-02-01 to 2026-02-09. &lt;wind&gt;" in lips["text"]["div"]


def test_a_course_says_whether_it_was_broken_off_and_why(resources: Any) -> None:
    said = [(each["status"], each.get("statusReason")) for each in resources("MedicationStatement")]
    assert said == [
        ("stopped", [{"text": "a side effect"}]),
        ("completed", [{"text": "finished as planned"}]),
        ("completed", None),
        ("active", None),
        ("intended", None),
    ]
    ((procedure),) = resources("Procedure")
    assert (procedure["status"], procedure["statusReason"]) == ("stopped", {"text": "My own reason"})
