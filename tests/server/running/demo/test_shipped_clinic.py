"""The clinic in the package: what is stored of it is what the released model says of its images."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from mobile_models.bundle import Bundle
from mobile_models.detector import Detector
from mobile_models.series.comparable import Assessed, compare
from mobile_models.series.verdict import Question, Sure, Told, tell
from mobile_models.series.visits import Course, changes_of
from server.running.demo.assess import assess_visit
from server.running.demo.clinic import load
from server.running.demo.files import CLINIC_DIR, photos_of, read_assessments, read_clinic

pytestmark = pytest.mark.slow

SCORE_APART, PIXELS_APART, TYPES_APART = 1e-3, 0.5, 0.02
"""What another processor may make of the same arithmetic: how many of each type there are stays; of two lesions that
are as good as alike the other one may be called a nodule."""


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(Bundle.open())


@pytest.fixture(scope="module")
def stored(detector: Detector) -> dict[str, str]:
    return read_assessments(CLINIC_DIR, read_clinic(), detector.bundle.model_sha256)


@pytest.mark.parametrize("patient", [patient.slug for patient in read_clinic()])
def test_every_stored_assessment_is_the_released_models(
    patient: str, detector: Detector, stored: dict[str, str]
) -> None:
    (visits,) = (one.visits for one in read_clinic() if one.slug == patient)
    types = []
    for visit in visits:
        then, now = json.loads(stored[visit.key]), assess_visit(visit, detector)
        for part in ("counts", "grades", "experimental", "model"):
            assert (visit.key, part, now[part]) == (visit.key, part, approximately(then[part], SCORE_APART))
        assert (visit.key, by_zone(now)) == (visit.key, by_zone(then))
        for one, other in zip(then["photos"], now["photos"], strict=True):
            pairs = list(zip(counted(one), counted(other), strict=True))
            assert all(b["box"] == pytest.approx(a["box"], abs=PIXELS_APART) for a, b in pairs)
            types += [a["type"] == b["type"] for a, b in pairs]
    assert types.count(False) <= TYPES_APART * len(types)


def by_zone(assessment: dict[str, Any]) -> dict[str, int]:
    """Lesions counted in each zone, whatever their type."""
    return {zone: sum(types.values()) for zone, types in (assessment["zones"] or {}).items()}


def test_the_clinic_has_six_patients_of_eight_to_sixteen_visits_one_in_three_views() -> None:
    patients = read_clinic()
    assert len(patients) >= 6
    assert all(8 <= len(patient.visits) <= 16 for patient in patients)
    views = [{photo.view for visit in patient.visits for photo in visit.photos} for patient in patients]
    assert {"front", "left", "right"} in views


def test_the_images_take_eight_megabytes_at_most() -> None:
    assert sum(photo.path.stat().st_size for photo in photos_of(read_clinic())) <= 8_000_000


def test_the_clinic_loads_and_its_pages_open(app: Flask, csrf_token: Callable[[str], str], flaws: Any) -> None:
    dermatologist = load(app)[0]
    client = app.test_client()
    form = {"email": dermatologist.email, "password": dermatologist.password}
    client.post("/sign-in", data={**form, "csrf_token": csrf_token(client.get("/sign-in").text)})
    page = client.get("/patients").text
    links = [part.split('"')[0] for part in page.split('<h2><a href="')[1:]]
    assert len(links) == len(read_clinic())
    for link in links:
        assert flaws(client.get(link).text) == []


def counted(photo: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted((lesion for lesion in photo["lesions"] if lesion["counted"]), key=lambda one: one["box"])


def approximately(value: Any, apart: float) -> Any:
    if isinstance(value, dict):
        return {name: approximately(part, apart) for name, part in value.items()}
    return pytest.approx(value, abs=apart) if isinstance(value, float) else value


@pytest.mark.parametrize(
    ("patient", "last", "says"),
    [
        ("ada-example", -1, "fewer"),  # The responder.
        ("dora-placeholder", -1, "cannot be told"),  # The non-responder.
        ("emil-testcase", 10, "fewer"),  # Relapse after stopping: first it clears …
        ("emil-testcase", -1, "relapse"),  # … then it comes back.
    ],
)
def test_the_model_sees_each_patients_story_in_all_visits(
    patient: str, last: int, says: str, detector: Detector, stored: dict[str, str]
) -> None:
    told = tell_clinic(patient, last, detector.bundle, stored)
    start = told.answer(Question.START)
    assert start
    surely = start.face is Sure.WHOLE and start.trend is not Sure.NOT
    said = "relapse" if told.relapse else "cannot be told" if not surely else "fewer" if start.fewer else "more"
    assert said == says


def tell_clinic(slug: str, last: int, bundle: Bundle, stored: dict[str, str]) -> Told:
    """What may be said of a patient at one of their visits, their courses as they recorded them."""
    (patient,) = (one for one in read_clinic() if one.slug == slug)
    visits = patient.visits[: last % len(patient.visits) + 1]

    def week(day: date) -> float:
        return (day - visits[0].day).days / 7

    assessed = [Assessed.of(week(visit.day), json.loads(stored[visit.key])) for visit in visits]
    compared = compare(assessed, bundle.zones.area_share, bundle.change)
    courses = [
        Course(week(course["started_on"]), week(course["stopped_on"]) if course["stopped_on"] else None)
        for course in patient.courses
    ]
    return tell(compared.visits, changes_of(courses), compared.breaks, constants=bundle.change)
