"""A patient signs up in a browser, and the start page says what there is to sign up for."""

import pytest

from server.people.accounts.ages import countries, country_names

GROWN = {"name": "Kim Novak", "email": "kim@example.org", "password": "correct horse battery"}
GROWN |= {"born_on": "1990-05-17", "country": "DE"}


@pytest.fixture
def sign_up(client, csrf_token):
    """Fills the form in and sends it."""

    def send(**said):
        form = {"csrf_token": csrf_token(client.get("/sign-up").text), **GROWN, **said}
        return client.post("/sign-up", data=form)

    return send


def test_who_is_of_age_is_signed_in_and_sees_their_own_progress(client, sign_up):
    answer = sign_up()
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    page = client.get("/", follow_redirects=True)
    assert page.status_code == 200
    assert "Your progress" in page.text and "Kim Novak" in page.text
    token = client.post("/v1/devices", json={**{key: GROWN[key] for key in ("email", "password")}, "name": "Phone"})
    assert token.json["account"]["status"] == "active"


def test_a_child_is_led_to_asking_a_guardian(client, sign_up):
    answer = sign_up(born_on="2013-03-03")
    assert answer.headers["Location"] == "/account"
    page = client.get("/account").text
    assert "A guardian has to consent before anything is stored" in page
    assert 'id="guardians"' in page


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"born_on": "2062-01-01"}, "Must not be in the future."),
        ({"born_on": ""}, "Not a valid date."),
        ({"born_on": "17.5.1990"}, "Not a valid date."),
        ({"country": ""}, "Must be a country"),
        ({"country": "XX"}, "Must be a country"),
        ({"password": "short"}, "Length must be between"),
        ({"password": "password123"}, "password"),
        ({"email": "nobody"}, "email"),
        ({"name": ""}, "Length must be between"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost_but_the_password(sign_up, flaws, said, words):
    answer = sign_up(**said)
    assert answer.status_code == 422
    (field,) = said
    assert f'id="{field}-wrong"' in answer.text and words in answer.text
    assert GROWN["password"] not in answer.text
    kept = {"name", "email", "born_on"} - said.keys()
    assert all(f'value="{GROWN[name]}"' in answer.text for name in kept)
    assert flaws(answer.text) == []


def test_an_email_that_is_taken_is_said(sign_up, patient):
    answer = sign_up(email=patient.email)
    assert (answer.status_code, "An account with this e-mail exists" in answer.text) == (409, True)


def test_nobody_becomes_a_dermatologist_or_guardian_by_this_form(client, sign_up):
    sign_up(role="dermatologist", invitation="x", adult="yes")
    page = client.get("/", follow_redirects=True).text
    assert "Your progress" in page


def test_every_country_can_be_chosen_by_its_name(client, flaws):
    assert country_names().keys() == countries()
    page = client.get("/sign-up").text
    assert page.count("<option value=") == len(countries()) + 1
    assert '<option value="DE">Germany</option>' in page
    assert flaws(page) == []


def test_the_start_page_says_what_it_is_and_leads_everywhere(client, flaws):
    page = client.get("/").text
    assert "no diagnosis" in page
    assert all(f'href="{path}"' in page for path in ("/app/", "/sign-up", "/sign-in", "/guardian/sign-up"))
    assert flaws(page) == []


def test_a_patient_finds_the_app_on_every_page(client, patient, browse, dermatologist):
    assert 'href="/app/"' in client.get("/sign-in").text
    browser = browse(patient)
    for path in ("/", "/account", "/your-data", f"/timelines/{patient.timeline_id}/sharing"):
        assert 'href="/app/"' in browser.get(path, follow_redirects=True).text, path
    assert 'href="/app/"' not in browse(dermatologist).get("/patients").text
