"""The pages show what the patient reports, and escape it."""

from typing import Any

import pytest

WHEN = "2026-02-20T20:00:00+01:00"
HOPELESS = "I feel hopeless since the capsules; <b>lips</b> bleeding"


@pytest.fixture
def reporting(patient: Any, followed: Any, course_row: Any) -> Any:
    """A patient who feels low, has a side effect, skips doses and stopped a treatment."""
    followed(patient, {"papules": 36, "iga": 3}, {"papules": 9, "iga": 1})
    rejected = patient.push(
        check_ins=[{"id": "check-0001", "recorded_at": WHEN, "mood": 1, "pain": 9, "note": HOPELESS}],
        side_effects=[
            {"id": "effect-01", "what": "bleeding lips", "severity": 3, "started_on": "2026-02-01"}
            | {"course_id": "course-0001"}
        ],
        intakes=[
            {"id": f"intake-{n:02}", "course_id": "course-0001", "recorded_at": WHEN, "taken": n == 0} for n in range(5)
        ],
        treatment_courses=[course_row(stopped_on="2026-02-25", stop_reason="side_effect", note="too much")],
    )
    assert rejected == []
    return patient


@pytest.mark.parametrize("path", ["", "/report"])
def test_a_dermatologist_reads_it_first_what_may_need_somebody(
    reporting: Any, dermatologist: Any, browse: Any, flaws: Any, path: str
) -> None:
    reporting.share_with(dermatologist, scope="records")
    page = browse(dermatologist).get(f"/timelines/{reporting.timeline_id}{path}").text
    section = page.split('id="reported"')[1].split("</section>")[0]
    told = ["Low mood: 1 of 10 on 20 Feb 2026.", "bleeding lips: severe, with Adapalene 0.1 %", "9 of 10"]
    told += ["1 of 5 doses that were noted were taken.", "I feel hopeless since the capsules; &lt;b&gt;lips"]
    places = [section.index(words) for words in told]
    assert places == sorted(places)
    assert "Nobody is told when something is written here." in section
    assert "a side effect" in page.split('id="course-caption"')[1] and "too much" in page
    assert flaws(page) == []


def test_before_the_first_assessment_it_is_shown_too(patient: Any, browse: Any, flaws: Any) -> None:
    patient.push(check_ins=[{"id": "check-0001", "recorded_at": WHEN, "itch": 4}])
    page = browse(patient).get(f"/timelines/{patient.timeline_id}").text
    assert "What you report" in page and "4 of 10" in page
    assert flaws(page) == []


def test_where_nothing_was_reported_that_is_said(patient: Any, followed: Any, browse: Any) -> None:
    followed(patient, {"papules": 36, "iga": 3})
    page = browse(patient).get(f"/timelines/{patient.timeline_id}").text
    assert page.count("No check-in, dose or side effect was recorded.") == 1


def test_a_followed_spot_stands_by_its_photo_for_whom_photos_are_shared_with(
    patient: Any, followed: Any, photo_row: Any, dermatologist: Any, browse: Any, flaws: Any
) -> None:
    followed(patient, {"papules": 36, "iga": 3})
    photo = photo_row(visit_id="visit-0000")
    spot = {"id": "spot-0001", "visit_id": "visit-0000", "photo_id": photo["id"], "x": 0.25, "y": 0.5}
    assert patient.push(photos=[photo], spots=[spot | {"note": "a <dark> one", "still_there": True}]) == []
    patient.share_with(dermatologist)
    address = f"/timelines/{patient.timeline_id}/visits/visit-0000"
    page = browse(dermatologist).get(address).text
    assert "a spot here: “a &lt;dark&gt; one”, 25 % from the left, 50 % from the top, still there." in page
    assert flaws(page) == []
    patient.share_with(dermatologist, scope="records")
    assert "follows a spot" not in browse(dermatologist).get(address).text
