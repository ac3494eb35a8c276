"""Every page and form, asked for by nobody and by strangers."""

import re

import pytest

OPEN = {
    "/",
    "/sign-up",
    "/sign-in",
    "/sign-in/second-factor",
    "/recovery",
    "/guardian/sign-up",
    "/static/<path:filename>",
    "/app/",
    "/app/<path:filename>",
    "/app/model/<filename>",
    "/openapi.json",
    "/healthz",
    "/readyz",
}
"""What is there for somebody who is not signed in."""
OF_ANYBODY = {"/sign-out", "/recovery", "/sign-in", "/sign-in/second-factor", "/sign-up", "/guardian/sign-up"}
"""Forms that need no sign-in."""
PASSWORD_FORMS = {"/your-data/erase", "/account/password", "/account/recovery-codes", "/account/second-factor/remove"}


@pytest.fixture
def pages(app):
    """Every rule outside the API, with its methods."""
    rules = [rule for rule in app.url_map.iter_rules() if not rule.rule.startswith("/v1")]
    assert len(rules) >= 40
    return rules


@pytest.fixture
def address(victim):
    def fill(rule):
        values = {**victim.ids, "grant_id": victim.ids["grant_id"], "filename": "base.css"}
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda match: values[match[1]], rule.rule)

    return fill


@pytest.fixture
def people(victim, strangers, browse):
    return {who: (stranger, browse(stranger)) for who, stranger in strangers.items()}


def holds(victim, answer):
    texts = [answer.data, *(str(value).encode() for value in answer.headers.values())]
    return [secret for secret in victim.secrets if any(secret in text for text in texts)]


def test_without_a_sign_in_every_page_leads_to_it(app, victim, pages, address):
    for rule in pages:
        if "GET" in rule.methods:
            with app.test_client().get(address(rule)) as answer:
                assert not holds(victim, answer), rule.rule
                if rule.rule not in OPEN:
                    assert answer.status_code == 302, rule.rule
                    assert answer.headers["Location"].startswith("/sign-in?next="), rule.rule


def test_without_a_sign_in_no_form_does_anything(app, victim, pages, address, csrf_token):
    before, client = victim.state(), app.test_client()
    form = {"csrf_token": csrf_token(client.get("/sign-in").text), "password": "correct horse battery", "photos": "yes"}
    for rule in pages:
        if "POST" in rule.methods and rule.rule not in OF_ANYBODY:
            answer = client.post(address(rule), data=form)
            assert answer.status_code == 302, rule.rule
            assert answer.headers["Location"].startswith("/sign-in"), rule.rule
    assert victim.state() == before


def test_no_stranger_sees_anything_on_any_page(victim, pages, address, people):
    for who, (_, browser) in people.items():
        for rule in pages:
            if "GET" in rule.methods:
                with browser.get(address(rule)) as answer:
                    assert not holds(victim, answer), (who, rule.rule)
                    assert answer.status_code < 500
                    if any(name.endswith("_id") for name in rule.arguments):
                        assert answer.status_code == 404, (who, rule.rule)


def test_no_stranger_changes_anything_by_any_form(victim, pages, address, people, csrf_token):
    before = victim.state()
    for who, (stranger, browser) in people.items():
        token = csrf_token(browser.get("/account").text)
        form = {"csrf_token": token, "photos": "yes", "text": "Mine now.", "text_version": "1", "id": "note-0002"}
        form |= {"invitation_id": victim.ids["guardian_invitation_id"], "email": stranger.email}
        for rule in pages:
            if "POST" in rule.methods and rule.rule not in OF_ANYBODY:
                password = "wrong" if rule.rule in PASSWORD_FORMS else "correct horse battery"
                answer = browser.post(address(rule), data={**form, "password": password})
                assert answer.status_code in (200, 302, 401, 403, 404, 409, 422), (who, rule.rule)
                assert not holds(victim, answer), (who, rule.rule)
    assert victim.state() == before
