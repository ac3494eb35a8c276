"""What is said of the series of visits, as FHIR observations."""

from typing import Any

import pytest


@pytest.fixture
def observed(patient: Any, followed: Any, course_row: Any, clock: Any) -> list[dict[str, Any]]:
    """What is said of a relapse after treatment was stopped, in the order of the bundle."""
    clock.pass_by(days=180)  # All visits are of the past.
    counts = (40, 38, 41, 30, 20, 12, 8, 5, 4, 4, 3, 4, 9, 16, 21, 24, 25)
    followed(patient, *({"papules": number} for number in counts))
    patient.push(treatment_courses=[course_row(started_on="2026-01-19", stopped_on="2026-03-23")])
    entries = [entry["resource"] for entry in patient.get(f"{patient.timeline}/fhir").json["entry"]]
    observations = [one for one in entries if one["resourceType"] == "Observation"]
    return [one for one in observations if one["code"]["coding"][0]["code"] == "inflammatory-change"]


def test_the_worst_comes_first_and_a_relapse_is_called_one(observed: list[dict[str, Any]]) -> None:
    first = observed[0]
    assert first["code"]["text"].startswith("Since the best, ")
    assert first["valueString"].startswith("Relapse: ")
    assert not any("Relapse" in other["valueString"] for other in observed[1:])


def test_every_statement_has_its_method_its_period_and_its_figures(observed: list[dict[str, Any]]) -> None:
    assert len(observed) >= 2
    for one in observed:
        assert "over all visits" in one["method"]["text"] and "Not a diagnosis" in one["method"]["text"]
        assert one["effectivePeriod"]["start"] < one["effectivePeriod"]["end"]
        codes = [part["code"]["coding"][0]["code"] for part in one["component"]]
        assert codes[:6] == ["number-now", "number-then", "level-now", "level-then", "z-face", "z-trend"]
        for part in one["component"][:4]:
            assert "80 % interval" in part["interpretation"][0]["text"]


def test_nothing_is_said_of_two_visits(patient: Any, followed: Any) -> None:
    followed(patient, {"papules": 60}, {"papules": 2})
    entries = [entry["resource"] for entry in patient.get(f"{patient.timeline}/fhir").json["entry"]]
    said = [one["code"]["coding"][0]["code"] for one in entries if one["resourceType"] == "Observation"]
    assert "inflammatory" in said and "inflammatory-change" not in said
