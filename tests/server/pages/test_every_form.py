"""Every form of the pages carries the token of its page, and nothing is taken without it."""

import re

import pytest

pytestmark = pytest.mark.both_databases

FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)


@pytest.fixture
def forms(app):
    """Every address outside the API that changes something."""
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in rule.methods and not rule.rule.startswith("/v1")]
    assert len(rules) >= 20
    return rules


def address(rule):
    return re.sub(r"<[^>]+>", "0" * 32, rule.rule)


def test_no_page_takes_a_form_without_its_token(forms, patient, dermatologist, person, browse, app):
    for client in (browse(patient), browse(dermatologist), browse(person("guardian")), app.test_client()):
        for rule in forms:
            answer = client.post(address(rule), data={"email": patient.email, "code": "x", "password": "y"})
            assert (answer.status_code, "form_expired" in answer.text) == (400, True), rule.rule


def test_no_page_takes_the_token_of_another_sign_in(forms, patient, other_patient, browse, csrf_token):
    token = csrf_token(browse(other_patient).get("/account").text)
    client = browse(patient)
    for rule in forms:
        assert client.post(address(rule), data={"csrf_token": token}).status_code == 400, rule.rule


def test_every_form_that_is_shown_has_a_token_and_a_method(patient, dermatologist, person, browse, client):
    child = person("patient", born_on="2013-03-03", country="DE")
    guardian = person("guardian")
    code = child.post("/v1/guardian-invitations", json={}).json["code"]
    guardian.post("/v1/guardianships", json={"text_version": "1", "code": code})
    patient.share_with(dermatologist)
    seen = 0
    for reader in (patient, dermatologist, child, guardian):
        browser = browse(reader)
        for path in ("/", "/account", "/account/second-factor", "/guardian", "/your-data", "/patients"):
            seen += count(browser.get(path, follow_redirects=True).text)
    for path in ("/sign-in", "/recovery", "/sign-up", "/guardian/sign-up"):
        seen += count(client.get(path).text)
    assert seen > 40


def count(page):
    forms = FORM.findall(page)
    changing = [form for form in forms if 'method="get"' not in form]
    assert all('method="post"' in form and 'name="csrf_token" value="' in form for form in changing)
    return len(changing)


PASSWORD_FORMS = {"patient": 3, "dermatologist": 3, "guardian": 3}
"""Changing the password, new recovery codes, and erasing; the authenticator's page is counted apart."""


@pytest.mark.parametrize("role", PASSWORD_FORMS)
def test_every_form_that_asks_for_a_password_says_whose(person, browse, role):
    someone = person(role)
    browser = browse(someone)
    pages = [browser.get(path).text for path in ("/account", "/your-data", "/account/second-factor")]
    asking = [form for page in pages for form in FORM.findall(page) if "current-password" in form]
    assert len(asking) >= PASSWORD_FORMS[role]
    hint = f'autocomplete="username" value="{someone.email}" hidden readonly>'
    assert all(form.index(hint) < form.index("current-password") for form in asking)
