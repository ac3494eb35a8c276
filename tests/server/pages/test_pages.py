from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest

pytestmark = pytest.mark.both_databases

HOSTILE = "<script>alert('x')</script>\"'&{{'evaluated'*3}}"


@pytest.fixture
def followed_patient(patient: Any, followed: Any, photo_row: Any, jpeg: bytes, course_row: Any) -> Any:
    """A patient with three visits, the first with a photo, and a course."""
    followed(patient, {"papules": 36, "iga": 3}, {"papules": 20}, {"papules": 9, "iga": 1})
    rejected = patient.push(photos=[photo_row(jpeg, visit_id="visit-0000")], treatment_courses=[course_row()])
    assert rejected == []
    sent = patient.put(f"{patient.timeline}/photos/photo-0001", data=jpeg, content_type="image/jpeg")
    assert sent.status_code == 204
    return patient


@pytest.fixture
def pages(followed_patient: Any) -> list[str]:
    here = f"/timelines/{followed_patient.timeline_id}"
    return [here, f"{here}?baseline=visit-0001", f"{here}/visits/visit-0000", f"{here}/report"]


def test_every_page_is_well_formed_and_labelled(
    followed_patient: Any, dermatologist: Any, browse: Any, pages: list[str], flaws: Callable[[str], list[str]]
) -> None:
    followed_patient.share_with(dermatologist)
    for reader in (followed_patient, dermatologist):
        client = browse(reader)
        for path in [*pages, "/nowhere", *(["/patients"] if reader is dermatologist else [])]:
            assert (path, flaws(client.get(path).text)) == (path, [])


def test_the_sign_in_page_is_well_formed(client: Any, flaws: Callable[[str], list[str]]) -> None:
    assert flaws(client.get("/sign-in").text) == []


def test_every_drawing_is_well_formed_xml(followed_patient: Any, browse: Any, pages: list[str]) -> None:
    client = browse(followed_patient)
    for path in pages:
        drawings = client.get(path).text.split("<svg xmlns=")[1:]
        assert drawings
        for drawing in drawings:
            ET.fromstring("<svg xmlns=" + drawing.split("</svg>")[0] + "</svg>")


def test_every_page_links_to_its_source_and_says_what_it_is_not(
    followed_patient: Any, browse: Any, pages: list[str], config: Any
) -> None:
    client = browse(followed_patient)
    for path in [*pages, "/nowhere"]:
        page = client.get(path).text
        assert f'href="{config.source_url}"' in page
        assert "Tracking and communication, not a diagnosis." in page


def test_every_page_of_an_assessment_names_the_model(followed_patient: Any, browse: Any, pages: list[str]) -> None:
    client = browse(followed_patient)
    assert all("Model lesions 9.8.7 (abababababab)" in client.get(path).text for path in pages)


def test_the_page_states_the_change_with_its_caveats(followed_patient: Any, browse: Any, pages: list[str]) -> None:
    page = browse(followed_patient).get(pages[0]).text
    assert "About " in page and "on the face" in page
    assert "Whether a treatment did it cannot be told" in page
    assert "experimental" in page and "unvalidated estimate" in page


def test_the_table_has_every_visit_with_its_interval(followed_patient: Any, browse: Any, pages: list[str]) -> None:
    page = browse(followed_patient).get(pages[0]).text
    assert page.count('<th scope="row"><a href=') == 3
    assert '36 <span class="interval">18–75</span>' in page


def test_hostile_names_notes_and_courses_are_shown_as_text(
    person: Any, dermatologist: Any, followed: Any, course_row: Any, browse: Any, flaws: Any
) -> None:
    patient = person("patient", name=HOSTILE)
    followed(patient, {"papules": 9}, {"papules": 8}, note=HOSTILE)
    patient.push(treatment_courses=[course_row(name=HOSTILE, dose=HOSTILE)])
    patient.share_with(dermatologist)
    client, here = browse(dermatologist), f"/timelines/{patient.timeline_id}"
    for path in ("/patients", here, f"{here}/visits/visit-0000", f"{here}/report"):
        page = client.get(path).text
        assert "<script" not in page and "evaluatedevaluated" not in page
        assert "&lt;script&gt;" in page
        assert flaws(page) == []


@pytest.mark.parametrize("path", ["", "/visits/visit-0000", "/photos/photo-0001", "/report", "/fhir.json"])
def test_another_patients_pages_are_unknown(
    followed_patient: Any, other_patient: Any, dermatologist: Any, browse: Any, path: str
) -> None:
    for stranger in (other_patient, dermatologist):
        answer = browse(stranger).get(f"/timelines/{followed_patient.timeline_id}{path}")
        assert answer.status_code == 404
        assert "Kim" not in answer.text


def test_another_patients_visit_is_unknown_under_ones_own_timeline(
    followed_patient: Any, other_patient: Any, browse: Any
) -> None:
    client = browse(other_patient)
    for path in ("visits/visit-0000", "photos/photo-0001"):
        assert client.get(f"/timelines/{other_patient.timeline_id}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["", "/visits/visit-0000", "/photos/photo-0001", "/report", "/fhir.json"])
def test_nobody_reads_a_page_without_signing_in(followed_patient: Any, app: Any, path: str) -> None:
    answer = app.test_client().get(f"/timelines/{followed_patient.timeline_id}{path}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in?next=")


def test_after_signing_out_nothing_can_be_read(followed_patient: Any, browse: Any, csrf_token: Any) -> None:
    client, here = browse(followed_patient), f"/timelines/{followed_patient.timeline_id}"
    client.post("/sign-out", data={"csrf_token": csrf_token(client.get(here).text)})
    assert client.get(here).status_code == 302


def test_an_unknown_baseline_is_an_error_page(followed_patient: Any, browse: Any) -> None:
    answer = browse(followed_patient).get(f"/timelines/{followed_patient.timeline_id}?baseline=visit-9999")
    assert answer.status_code == 404
    assert "visit_unknown" in answer.text


def test_a_patient_without_visits_gets_a_page(patient: Any, browse: Any, flaws: Any) -> None:
    page = browse(patient).get("/", follow_redirects=True).text
    assert "No visit has been assessed yet" in page
    assert flaws(page) == []


def test_the_start_page_of_a_dermatologist_is_the_list(dermatologist: Any, browse: Any) -> None:
    assert browse(dermatologist).get("/").headers["Location"] == "/patients"


def test_visits_at_the_ends_of_the_calendar_leave_every_page_readable(
    patient: Any, followed: Any, visit_row: Any, assessment_row: Any, course_row: Any, dermatologist: Any, browse: Any
) -> None:
    followed(patient, {}, {})
    for number, moment in enumerate(("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00")):
        visit = visit_row(f"visit-end{number}", recorded_at=moment)
        row = assessment_row(f"assess-end{number}", visit_id=visit["id"])
        course = course_row(f"course-end{number}", started_on=moment[:10])
        assert patient.push(visits=[visit], assessments=[row], treatment_courses=[course]) == []
    patient.share_with(dermatologist)
    client, here = browse(dermatologist), f"/timelines/{patient.timeline_id}"
    for path in ("/patients", here, f"{here}/visits/visit-end1", f"{here}/report", f"{here}/fhir.json"):
        assert (path, client.get(path).status_code) == (path, 200)


def test_a_visit_without_the_guide_says_what_it_lacks(patient: Any, followed: Any, browse: Any, flaws: Any) -> None:
    followed(patient, {"zones": None}, {"zones": None}, guided=False)
    client, here = browse(patient), f"/timelines/{patient.timeline_id}"
    page = client.get(f"{here}/visits/visit-0000").text
    assert "taken without the guide: no zones, no Hayashi and no GAGS" in page
    assert flaws(page) == []
    assert "It was taken without the guide, so its zones are not known." in client.get(here).text
