from typing import Any

import pytest


@pytest.fixture
def own_page(patient: Any, browse: Any, csrf_token: Any) -> tuple[Any, str, dict[str, str]]:
    """The patient's browser, the address of their page, and a form with its token."""
    client, here = browse(patient), f"/timelines/{patient.timeline_id}"
    return client, here, {"csrf_token": csrf_token(client.get(here).text)}


def test_sharing_by_email_is_shown_and_can_be_revoked(own_page: Any, dermatologist: Any, patient: Any) -> None:
    client, here, form = own_page
    terms = {"email": dermatologist.email, "scope": "records", "days": "90"}
    page = client.post(f"{here}/sharing", data=form | terms, follow_redirects=True).text
    assert "Shared with Dr. Ito." in page
    assert "Records, no photos · until 31 May 2026" in page
    grant = patient.get(f"{patient.timeline}/grants").json["grants"][0]["id"]
    page = client.post(f"{here}/sharing/{grant}/revoke", data=form, follow_redirects=True).text
    assert "Only you." in page
    assert dermatologist.get("/v1/timelines").json["timelines"] == []


def test_sharing_without_an_email_gives_a_code_that_works(own_page: Any, dermatologist: Any) -> None:
    client, here, form = own_page
    page = client.post(f"{here}/sharing", data=form | {"scope": "photos"}, follow_redirects=True).text
    code = page.split("Your sharing code is ")[1].split(".")[0]
    assert dermatologist.post("/v1/grants", json={"code": code}).status_code == 201


def test_an_unknown_email_is_said_to_be_unknown(own_page: Any) -> None:
    client, here, form = own_page
    page = client.post(f"{here}/sharing", data=form | {"email": "nobody@example.org"}, follow_redirects=True).text
    assert "No dermatologist has signed up with this e-mail" in page


def test_forms_without_their_token_change_nothing(own_page: Any, dermatologist: Any, patient: Any) -> None:
    client, here, _ = own_page
    grant = patient.share_with(dermatologist)
    for path in (f"{here}/sharing", f"{here}/sharing/{grant}/revoke", "/sign-out"):
        answer = client.post(path, data={"email": dermatologist.email})
        assert answer.status_code == 400
        assert "go back, reload the page and send it again" in answer.text
    assert dermatologist.get("/v1/timelines").json["timelines"] != []
    assert client.get(here).status_code == 200


def test_nobody_else_shares_or_revokes(
    own_page: Any, other_patient: Any, dermatologist: Any, patient: Any, browse: Any, csrf_token: Any
) -> None:
    _, here, _ = own_page
    grant = patient.share_with(dermatologist)
    for stranger, status in ((other_patient, 404), (dermatologist, 403)):
        client = browse(stranger)
        form = {"csrf_token": csrf_token(client.get("/", follow_redirects=True).text)}
        assert client.post(f"{here}/sharing/{grant}/revoke", data=form).status_code == status
        assert client.post(f"{here}/sharing", data=form).status_code == status


def test_the_patient_sees_who_looked_at_what(own_page: Any, patient: Any, dermatologist: Any, browse: Any) -> None:
    client, here, _ = own_page
    patient.share_with(dermatologist)
    reader = browse(dermatologist)
    for path in ("/patients", here, here, f"{here}/report"):
        reader.get(path)
    page = client.get(here).text
    looked = page.split("Who has looked")[1]
    assert "Dr. Ito" in looked
    assert "list of patients" in looked and "report" in looked
    assert "progress page, 2 times" in looked


def test_a_dermatologist_does_not_see_the_sharing(patient: Any, dermatologist: Any, browse: Any) -> None:
    patient.share_with(dermatologist)
    assert "Who has looked" not in browse(dermatologist).get(f"/timelines/{patient.timeline_id}").text
