"""The page on which one takes all of one's data along, or ends it."""

import io
import re
import zipfile

import pytest

from tests.server.conftest import PASSWORD

pytestmark = pytest.mark.both_databases


@pytest.fixture
def browser(app):
    """Signs somebody in on a browser: `browser(patient)`."""

    def enter(someone):
        client = app.test_client()
        token = token_of(client.get("/sign-in").text)
        form = {"csrf_token": token, "email": someone.email, "password": PASSWORD}
        assert client.post("/sign-in", data=form).status_code == 302
        return client

    return enter


def token_of(page):
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


def erase(client, password):
    form = {"csrf_token": token_of(client.get("/your-data").text), "password": password}
    return client.post("/your-data/erase", data=form)


def test_the_page_says_what_happens_until_when_and_what_stays(browser, patient):
    page = browser(patient).get("/your-data").text
    assert "The key of your photos is destroyed at once" in page
    assert "1 Apr 2026" in page
    assert "random numbers" in page


def test_the_button_downloads_everything(browser, patient, visit_row):
    patient.push(visits=[visit_row()])
    client = browser(patient)
    assert 'href="/your-data/export"' in client.get("/your-data").text
    answer = client.get("/your-data/export")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="acnetrack-2026-03-02.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert b"visit-0001" in archive.read("data/visits.json")


def test_the_right_password_erases_and_the_page_says_so(app, browser, patient):
    client = browser(patient)
    answer = erase(client, PASSWORD)
    assert (answer.status_code, "Your account is gone" in answer.text) == (200, True)
    assert client.get("/your-data").status_code == 302
    assert patient.get("/v1/timelines").status_code == 401


def test_a_wrong_password_is_said_on_the_page_and_nothing_is_erased(browser, patient):
    client = browser(patient)
    answer = erase(client, "not my password")
    assert (answer.status_code, "This is not your password" in answer.text) == (403, True)
    assert patient.get("/v1/timelines").status_code == 200


def test_a_form_from_elsewhere_erases_nothing(browser, patient):
    client = browser(patient)
    assert client.post("/your-data/erase", data={"password": PASSWORD}).status_code == 400
    assert patient.get("/v1/timelines").status_code == 200


def test_who_is_not_signed_in_is_sent_to_sign_in(client):
    for address in ("/your-data", "/your-data/export"):
        assert client.get(address).location.startswith("/sign-in")
