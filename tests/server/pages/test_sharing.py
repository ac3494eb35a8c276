from typing import Any

import pytest
from sqlalchemy import text

from server.sharing.accesses.looked import DID

pytestmark = pytest.mark.both_databases


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
    assert "Only you can see your timeline." in page
    assert "2 Mar 2026 to 2 Mar 2026 · you ended it" in page
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
    looked = client.get(f"{here}/sharing").text.split("Who has looked")[1]
    assert "<b>Dr. Ito</b> saw your latest figures in their list" in looked
    assert "<b>Dr. Ito</b> opened your report" in looked
    assert "2 Mar 2026, 09:30 · 2 times that day" in looked.split("<b>Dr. Ito</b> looked at your progress")[1]
    assert "4 entries" in looked


def test_the_log_goes_on_on_older_pages(own_page: Any, patient: Any, dermatologist: Any, monkeypatch: Any) -> None:
    client, here, _ = own_page
    monkeypatch.setattr("server.pages.sharing.ENTRIES_SHOWN", 2)
    patient.push(visits=[{"id": "visit-0001", "recorded_at": "2026-03-01T08:30:00+01:00", "guided": True}])
    patient.share_with(dermatologist)
    for address in ("sync", "fhir", "fhir"):
        dermatologist.get(f"{patient.timeline}/{address}")
    newest = client.get(f"{here}/sharing").text
    assert "got your records" not in newest
    assert f'href="{here}/sharing?before=2#looked"' in newest
    oldest = client.get(f"{here}/sharing?before=2").text
    assert "<b>Dr. Ito</b> got your records in their app" in oldest
    assert "before=" not in oldest


def test_every_kind_of_reading_has_its_words(
    patient: Any, dermatologist: Any, browse: Any, visit_row: Any, photo_row: Any, jpeg: bytes
) -> None:
    patient.push(visits=[visit_row()], photos=[photo_row(jpeg)])
    patient.put(f"{patient.timeline}/photos/photo-0001", data=jpeg, content_type="image/jpeg")
    patient.share_with(dermatologist)
    here, pages = f"/timelines/{patient.timeline_id}", browse(dermatologist)
    for address in (here, f"{here}/visits/visit-0001", f"{here}/photos/photo-0001", f"{here}/report", "/patients"):
        assert pages.get(address).status_code == 200
    for address in ("sync", "fhir"):
        assert dermatologist.get(f"{patient.timeline}/{address}").status_code == 200
    (listed,) = dermatologist.get("/v1/timelines").json["timelines"]
    assert dermatologist.get(f"{patient.timeline}/sync?last_pulled_at={listed['cursor']}").status_code == 200
    recorded = {entry["what"] for entry in patient.get(f"{patient.timeline}/accesses").json["accesses"]}
    assert recorded == DID.keys() - {"copy"}


def test_what_was_erased_is_still_counted(app: Any, own_page: Any, patient: Any, dermatologist: Any) -> None:
    client, here, _ = own_page
    patient.share_with(dermatologist)
    for _ in range(2):
        dermatologist.get(f"{patient.timeline}/fhir")
    with app.extensions["acnetrack.engine"].begin() as connection:
        connection.execute(text("DELETE FROM reads"))
    assert "2 entries of which the details were erased" in client.get(f"{here}/sharing").text


def test_codes_that_wait_are_listed_and_withdrawn(own_page: Any, patient: Any, dermatologist: Any) -> None:
    client, here, form = own_page
    page = client.post(f"{here}/sharing", data=form | {"scope": "records"}, follow_redirects=True).text
    code = page.split("Your sharing code is ")[1].split(".")[0]
    assert "Records, no photos · the code works until 9 Mar 2026" in page
    invitation = patient.get(f"{patient.timeline}/invitations").json["invitations"][0]["id"]
    page = client.post(f"{here}/invitations/{invitation}/withdraw", data=form, follow_redirects=True).text
    assert "Withdrawn. The code no longer works." in page
    assert dermatologist.post("/v1/grants", json={"code": code}).status_code == 404


def test_the_progress_page_says_who_can_see_it(own_page: Any, patient: Any, dermatologist: Any) -> None:
    client, here, _ = own_page
    assert "Only you can see this." in client.get(here).text
    patient.share_with(dermatologist)
    assert "Dr. Ito can see this." in client.get(here).text


def test_a_dermatologist_does_not_see_the_sharing(patient: Any, dermatologist: Any, browse: Any) -> None:
    patient.share_with(dermatologist)
    client, here = browse(dermatologist), f"/timelines/{patient.timeline_id}"
    assert "can see this" not in client.get(here).text
    assert client.get(f"{here}/sharing").status_code == 403


def test_a_dermatologist_leaves_on_the_patients_page(
    patient: Any, dermatologist: Any, browse: Any, csrf_token: Any
) -> None:
    patient.share_with(dermatologist, scope="records", ends_at="2026-06-01T00:00:00Z")
    client, here = browse(dermatologist), f"/timelines/{patient.timeline_id}"
    page = client.get(here).text
    assert "Kim shares records with you until 1 Jun 2026." in page
    left = client.post(f"{here}/leave", data={"csrf_token": csrf_token(page)}, follow_redirects=True).text
    assert "Left. You no longer see this patient." in left and "0 shared with you" in left
    assert client.get(here).status_code == 403
    assert "they left" in browse(patient).get(f"{here}/sharing").text


def test_the_sharing_page_is_well_formed(
    own_page: Any, patient: Any, dermatologist: Any, person: Any, flaws: Any
) -> None:
    client, here, _ = own_page
    left = person("dermatologist", name="<i>&")
    for someone in (dermatologist, left):
        patient.share_with(someone)
        someone.get(f"{patient.timeline}/fhir")
    left.delete(f"{patient.timeline}/grants/mine")
    patient.post(f"{patient.timeline}/grants", json={"invitation": True})
    page = client.get(f"{here}/sharing").text
    assert flaws(page) == []
    assert "they left" in page and "&lt;i&gt;&amp;" in page


@pytest.mark.parametrize("before", ["9" * 30, "-1", "0", "9" * 5000, "x"])
def test_a_place_that_no_log_has_shows_the_newest(own_page: Any, before: str) -> None:
    client, here, _ = own_page
    assert client.get(f"{here}/sharing", query_string={"before": before}).status_code == 200
