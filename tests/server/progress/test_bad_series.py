"""What cannot be a series is refused or said, and never drawn wrong."""

import json
import math
from typing import Any

import pytest

COUNTS = (36, 37, 35, 30, 22, 15, 11, 9, 9)


@pytest.fixture
def page(patient: Any, followed: Any, browse: Any, clock: Any) -> Any:
    """Opens the patient's own page of nine weekly visits; gives its text."""
    followed(patient, *({"papules": number} for number in COUNTS))
    clock.pass_by(days=90)

    def read() -> str:
        answer = browse(patient).get(f"/timelines/{patient.timeline_id}")
        assert answer.status_code == 200
        text: str = answer.text
        return text

    return read


def test_a_course_that_stops_before_it_starts_is_refused_by_name(patient: Any, course_row: Any, page: Any) -> None:
    (refused,) = patient.push(treatment_courses=[course_row(started_on="2026-02-02", stopped_on="2026-01-19")])
    assert refused["id"] == course_row()["id"]
    assert "on the face" in page()


def test_of_very_many_courses_the_latest_count_and_the_page_opens(patient: Any, course_row: Any, page: Any) -> None:
    courses = [course_row(f"course-{number:04}", started_on=f"2025-{1 + number % 9:02}-01") for number in range(120)]
    assert patient.push(treatment_courses=courses) == []
    assert "on the face" in page()


def test_of_two_visits_of_one_moment_the_later_written_counts(
    patient: Any, visit_row: Any, assessment_row: Any, assessed: Any, page: Any
) -> None:
    moment = "2026-01-05T08:30:00+01:00"
    result = json.dumps(assessed(papules=30))
    row = assessment_row("assess-twin", visit_id="visit-twin", recorded_at=moment, result=result)
    assert patient.push(visits=[visit_row("visit-twin", recorded_at=moment)], assessments=[row]) == []
    assert "on the face" in page()


def test_a_visit_of_the_future_is_compared_with_nothing_and_its_date_asked_for(
    patient: Any, visit_row: Any, assessment_row: Any, assessed: Any, page: Any
) -> None:
    moment = "2031-01-05T08:30:00+01:00"
    row = assessment_row(
        "assess-far", visit_id="visit-far", recorded_at=moment, result=json.dumps(assessed(papules=90))
    )
    patient.push(visits=[visit_row("visit-far", recorded_at=moment)], assessments=[row])
    text = page()
    assert "Check the date" in text and "Fewer on the face" in text


@pytest.mark.parametrize("count", [math.nan, -1.0, math.inf])
def test_a_count_that_cannot_be_is_refused_by_name(
    count: float, patient: Any, visit_row: Any, assessment_row: Any, assessed: Any, page: Any
) -> None:
    result = assessed(papules=9)
    result["counts"]["inflammatory"]["value"] = count
    result["zones_expected"] = {"nose": {"inflammatory": count}}
    row = assessment_row("assess-bad", visit_id="visit-bad", result=json.dumps(result))
    refused = patient.push(visits=[visit_row("visit-bad", recorded_at="2026-03-20T08:30:00+01:00")], assessments=[row])
    assert [one["id"] for one in refused] == ["assess-bad"]
    assert "Fewer on the face" in page()
