from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.both_databases


@pytest.fixture
def names(dermatologist: Any, browse: Any) -> Callable[[], list[str]]:
    """Reads the names off the dermatologist's list, from the top."""

    def read() -> list[str]:
        page = browse(dermatologist).get("/patients").text
        return [part.split("</a>")[0].split(">")[-1] for part in page.split("<h2><a ")[1:]]

    return read


@pytest.fixture
def shared(person: Any, dermatologist: Any, followed: Any, course_row: Any, clock: Any) -> Callable[..., Any]:
    """Makes a patient with these weekly visits, shared with the dermatologist."""

    clock.pass_by(days=70)  # All visits are of the past.

    def make(name: str, *visits: dict[str, Any], treated: str | None = None) -> Any:
        patient = person("patient", name=name)
        followed(patient, *visits)
        if treated:
            assert patient.push(treatment_courses=[course_row(started_on=treated)]) == []
        patient.share_with(dermatologist)
        return patient

    return make


def test_the_highest_iga_comes_first(shared: Any, names: Any) -> None:
    shared("Two", {"papules": 40, "iga": 2})
    shared("Four", {"papules": 10, "iga": 4})
    shared("Three", {"papules": 30, "iga": 3})
    assert names() == ["Four", "Three", "Two"]


def test_at_one_iga_who_is_rising_comes_before_who_has_more_lesions(shared: Any, names: Any) -> None:
    shared("Many", *[{"papules": 40, "iga": 3}] * 8)
    shared("Rising", *[{"papules": n, "iga": 3} for n in (6, 5, 10, 15, 20, 25, 28, 30)])
    shared("Falling", *[{"papules": n, "iga": 3} for n in (120, 100, 90, 70, 45, 41, 41, 41)])
    assert names() == ["Rising", "Many", "Falling"]


def test_a_relapse_is_seen_though_the_baseline_was_worse(
    shared: Any, names: Any, dermatologist: Any, browse: Any
) -> None:
    shared(
        "Relapse",
        *[{"papules": n, "iga": 3} for n in (40, 38, 41, 30, 20, 12, 8, 5, 4, 4, 3, 4, 9, 16, 21, 24, 25)],
        treated="2026-01-19",
    )
    shared("Steady", *[{"papules": 30, "iga": 3}] * 17)
    assert names() == ["Relapse", "Steady"]
    assert "Relapse: " in browse(dermatologist).get("/patients").text


def test_a_rise_within_measurement_error_is_no_rise(shared: Any, names: Any) -> None:
    shared("Wobbling", *[{"papules": n, "iga": 3} for n in (20, 21, 20, 22, 24)])
    shared("More", *[{"papules": 28, "iga": 3}] * 5)
    assert names() == ["More", "Wobbling"]


def test_who_has_no_assessed_visit_comes_last(shared: Any, names: Any, person: Any, dermatologist: Any) -> None:
    person("patient", name="Silent").share_with(dermatologist)
    shared("Clear", {"papules": 0, "iga": 0})
    assert names() == ["Clear", "Silent"]


def test_a_revoked_patient_leaves_the_list(shared: Any, names: Any, dermatologist: Any) -> None:
    patient = shared("Gone", {"iga": 3})
    grant = patient.get(f"{patient.timeline}/grants").json["grants"][0]["id"]
    patient.delete(f"{patient.timeline}/grants/{grant}")
    assert names() == []


def test_a_code_adds_a_patient(patient: Any, dermatologist: Any, browse: Any, csrf_token: Any, names: Any) -> None:
    code = patient.post(f"{patient.timeline}/grants", json={"invitation": True}).json["code"]
    client = browse(dermatologist)
    form = {"csrf_token": csrf_token(client.get("/patients").text), "code": code}
    assert "Kim now shares with you." in client.post("/patients", data=form, follow_redirects=True).text
    assert names() == ["Kim"]


def test_a_wrong_code_is_refused_in_words(dermatologist: Any, browse: Any, csrf_token: Any) -> None:
    client = browse(dermatologist)
    form = {"csrf_token": csrf_token(client.get("/patients").text), "code": "NOPE"}
    assert "This code is wrong" in client.post("/patients", data=form, follow_redirects=True).text
