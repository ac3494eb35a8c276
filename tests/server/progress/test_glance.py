"""What a dermatologist asks first is answered in a line each, at the top of the page."""

import re
from typing import Any

import pytest

from server.progress.words.glance import likely_grades
from server.timeline.assessment import Grade


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ((0.0, 0.36, 0.21, 0.36, 0.07), "1–3"),  # The median, 2, is less probable than its neighbours.
        ((0.0, 0.05, 0.9, 0.05, 0.0), "2"),
        ((0.82, 0.18, 0.0, 0.0, 0.0), "0"),
        ((0.0, 0.0, 0.46, 0.44, 0.1), "2–3"),
        ((0.2, 0.2, 0.2, 0.2, 0.2), "0–3"),
    ],
)
def test_grades_are_named_together_until_they_hold_most(shares: tuple[float, ...], said: str) -> None:
    assert likely_grades(Grade("IGA", 2, {str(n): share for n, share in enumerate(shares)})) == said


def test_without_a_grade_none_is_named() -> None:
    assert likely_grades(Grade("IGA", None, {}, reason="no face")) == ""


@pytest.fixture
def glance(browse: Any, dermatologist: Any) -> Any:
    """Reads the lines off a shared patient's page."""

    def read(patient: Any) -> dict[str, str]:
        patient.share_with(dermatologist)
        page = browse(dermatologist).get(f"/timelines/{patient.timeline_id}").text
        top = page[: page.index('class="tiles"')]
        return dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", top))

    return read


def test_now_treatment_doses_and_reports_stand_above_the_figures(
    person: Any, followed: Any, course_row: Any, glance: Any, clock: Any
) -> None:
    patient = person("patient")
    followed(patient, *[{"papules": n, "iga": 3} for n in (30, 28, 31, 20)])
    moment = clock.now().isoformat()
    rejected = patient.push(
        treatment_courses=[
            course_row(name="Adapalene", dose="0.1 %", started_on="2026-01-10"),
            course_row(
                id="course-0002", name="Doxycycline", dose=None, stopped_on="2026-01-20", stop_reason="side_effect"
            ),
        ],
        check_ins=[{"id": "check-0001", "recorded_at": moment, "mood": 1, "pain": 9}],
        intakes=[
            {"id": f"intake-{n:04}", "course_id": "course-0001", "recorded_at": moment, "taken": n < 2}
            for n in range(10)
        ],
    )
    assert rejected == []
    lines = glance(patient)
    assert list(lines) == ["Now", "Treatment", "Doses", "Reports"]
    assert re.match(r"About \d+ \(\d+–\d+\) inflammatory lesions, \d+ \(\d+–\d+\) at the start\. IGA ", lines["Now"])
    assert "Adapalene, 0.1 % since 10 Jan 2026" in lines["Treatment"]
    assert "Doxycycline stopped 20 Jan 2026 (a side effect)" in lines["Treatment"]
    assert lines["Doses"] == "2 of 10 doses that were noted were taken."
    assert lines["Reports"].startswith("Low mood: 1 of 10")


def test_nothing_entered_is_said(person: Any, followed: Any, glance: Any) -> None:
    patient = person("patient")
    followed(patient, {"papules": 12})
    lines = glance(patient)
    assert (lines["Treatment"], lines["Reports"]) == ("None entered.", "Nothing in the last four weeks.")


def test_the_number_at_the_start_is_the_one_that_the_comparison_names(
    person: Any, followed: Any, glance: Any, browse: Any, dermatologist: Any
) -> None:
    patient = person("patient")
    followed(patient, *[{"papules": n, "iga": 3} for n in (40, 30, 28, 20, 15, 12)])
    now = glance(patient)["Now"]
    page = browse(dermatologist).get(f"/timelines/{patient.timeline_id}").text
    number, start = re.match(r"About (\d+ \(\d+–\d+\)) .*?, (\d+ \(\d+–\d+\)) at the start", now).groups()  # type: ignore[union-attr]
    assert f"About {number} now, {start} then." in page


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (1, "The newest visit, of 19 Jan 2026: the numbers are of the visit before."),
        (2, "The newest two visits, the last of 26 Jan 2026: the numbers are of the visit before."),
    ],
)
def test_a_newest_visit_that_is_not_judged_is_said_first(
    person: Any, followed: Any, visit_row: Any, glance: Any, browse: Any, dermatologist: Any, after: int, said: str
) -> None:
    patient = person("patient")
    followed(patient, {"papules": 12}, {"papules": 12})
    newest = [
        visit_row(id=f"unjudged-{n:04}", recorded_at=f"2026-01-{12 + 7 * n:02}T07:30:00+01:00")
        for n in range(1, after + 1)
    ]
    assert patient.push(visits=newest) == []
    lines = glance(patient)
    assert next(iter(lines)) == "Not judged"
    assert lines["Not judged"] == said
    assert "Latest judged visit, " in browse(dermatologist).get(f"/timelines/{patient.timeline_id}").text


def test_treatment_is_that_of_today_whenever_the_newest_visit_was(
    person: Any, followed: Any, course_row: Any, glance: Any, clock: Any
) -> None:
    patient = person("patient")
    followed(patient, {"papules": 12}, {"papules": 11})
    today = clock.now().date()
    begun = course_row(name="Adapalene", dose=None, started_on=today.isoformat())
    assert patient.push(treatment_courses=[begun]) == []
    assert glance(patient)["Treatment"].startswith("Adapalene since ")
