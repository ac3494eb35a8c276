from typing import Any

import pytest

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(patient: Any, dermatologist: Any, browse: Any, csrf_token: Any) -> tuple[Any, str, dict[str, str]]:
    """The dermatologist's browser, the address of the patient's page, and a form with its token."""
    patient.share_with(dermatologist, scope="records")
    client, here = browse(dermatologist), f"/timelines/{patient.timeline_id}"
    return client, here, {"csrf_token": csrf_token(client.get(here).text)}


def notes(patient: Any) -> list[dict[str, Any]]:
    return list(patient.pull()["changes"]["clinician_notes"]["updated"])


def test_a_note_written_on_the_page_is_read_there_by_the_patient(desk: Any, patient: Any, browse: Any) -> None:
    client, here, form = desk
    page = client.post(f"{here}/notes", data=form | {"text": "Dry\n<b>here</b>"}, follow_redirects=True).text
    assert "Noted. The patient sees it too." in page
    theirs = browse(patient).get(here).text
    for seen in (page, theirs):
        assert "Dr. Ito</strong> · <time" in seen
        assert "Dry\n&lt;b&gt;here&lt;/b&gt;" in seen
    assert "<textarea" not in theirs


def test_a_form_that_is_sent_twice_is_one_note(desk: Any, patient: Any) -> None:
    client, here, form = desk
    id = client.get(here).text.split('name="id" value="')[1].split('"')[0]
    for _ in range(2):
        client.post(f"{here}/notes", data=form | {"text": "Dry.", "id": id})
    assert [note["id"] for note in notes(patient)] == [id]


def test_an_amended_note_shows_what_it_said_before(desk: Any, patient: Any, flaws: Any) -> None:
    client, here, form = desk
    client.post(f"{here}/notes", data=form | {"text": "Dry at the nose."})
    first = notes(patient)[0]["id"]
    amended = form | {"text": "Dry at the chin.", "amends": first}
    page = client.post(f"{here}/notes", data=amended, follow_redirects=True).text
    assert "· amended" in page
    assert page.index("Dry at the chin.") < page.index("What it said before") < page.index("Dry at the nose.")
    assert flaws(page) == []


def test_another_dermatologist_reads_the_note_and_cannot_amend_it(
    desk: Any, patient: Any, person: Any, browse: Any
) -> None:
    client, here, form = desk
    client.post(f"{here}/notes", data=form | {"text": "Dry at the nose."})
    other = person("dermatologist")
    patient.share_with(other)
    page = browse(other).get(here).text
    assert "Dry at the nose." in page and ">Amend<" not in page


@pytest.mark.parametrize("text", ["", " \n", "x" * 10_001])
def test_a_note_without_words_or_with_too_many_is_not_written(desk: Any, patient: Any, text: str) -> None:
    client, here, form = desk
    page = client.post(f"{here}/notes", data=form | {"text": text}, follow_redirects=True).text
    assert "A note needs words, 10,000 characters at most; nothing was written." in page
    assert notes(patient) == []


def test_nobody_else_writes_a_note_and_no_form_without_its_token(
    desk: Any, patient: Any, other_patient: Any, browse: Any, csrf_token: Any
) -> None:
    client, here, _ = desk
    assert client.post(f"{here}/notes", data={"text": "Dry."}).status_code == 400
    for stranger, status in ((patient, 403), (other_patient, 404)):
        theirs = browse(stranger)
        form = {"csrf_token": csrf_token(theirs.get("/", follow_redirects=True).text), "text": "Dry."}
        assert theirs.post(f"{here}/notes", data=form).status_code == status
    assert notes(patient) == []
