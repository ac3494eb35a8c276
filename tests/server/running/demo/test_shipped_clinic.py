"""The clinic in the package: what is stored of it is what the released model says of its images."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from mobile_models.bundle import Bundle
from mobile_models.change import VisitCounts, change
from mobile_models.detector import Detector
from server.running.demo.assess import assess_visit
from server.running.demo.clinic import load
from server.running.demo.files import CLINIC_DIR, photos_of, read_assessments, read_clinic

SCORE_APART, PIXELS_APART = 1e-3, 0.5
"""What another processor may make of the same arithmetic."""


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
    (visits,) = (shipped.visits for shipped in read_clinic() if shipped.slug == patient)
    for visit in visits:
        then, now = json.loads(stored[visit.key]), assess_visit(visit, detector)
        for part in ("counts", "zones", "grades", "experimental", "model"):
            assert (visit.key, part, now[part]) == (visit.key, part, approximately(then[part], SCORE_APART))
        for before, after in zip(then["photos"], now["photos"], strict=True):
            pairs = list(zip(counted(before), counted(after), strict=True))
            assert all(a["type"] == b["type"] for a, b in pairs)
            assert all(b["box"] == pytest.approx(a["box"], abs=PIXELS_APART) for a, b in pairs)


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
    return sorted((lesion for lesion in photo["lesions"] if lesion["counted"]), key=lambda lesion: lesion["box"])


def approximately(value: Any, apart: float) -> Any:
    if isinstance(value, dict):
        return {name: approximately(part, apart) for name, part in value.items()}
    return pytest.approx(value, abs=apart) if isinstance(value, float) else value


@pytest.mark.parametrize(
    ("patient", "first", "last", "verdict"),
    [
        ("ada-example", 0, -1, "fewer"),  # The responder.
        ("dora-placeholder", 0, -1, "no detectable change"),  # The non-responder.
        ("emil-testcase", 0, 10, "fewer"),  # Relapse after stopping: first it clears …
        ("emil-testcase", 10, -1, "more"),  # … then it comes back.
    ],
)
def test_the_model_sees_each_patients_story(
    patient: str, first: int, last: int, verdict: str, detector: Detector, stored: dict[str, str]
) -> None:
    (visits,) = (shipped.visits for shipped in read_clinic() if shipped.slug == patient)
    before, after = (VisitCounts.from_assessment(json.loads(stored[visits[number].key])) for number in (first, last))
    seen = change(before, after, detector.bundle.manifest["mdc"]).measures["inflammatory"]
    words = ("no detectable change", "more" if seen.absolute > 0 else "fewer")[seen.exceeds_mdc]
    assert words == verdict
