"""Pages know their visitor by a cookie, and take no form from elsewhere."""

import re
from dataclasses import replace

import pytest
from flask import render_template_string

from server.application.factory import create_app
from server.pages import browser_session as web
from server.people.accounts.account import user_by_email

pytestmark = pytest.mark.both_databases

EMAIL = "patient1@example.org"
FORM = '<form method="post"><input name="csrf_token" value="{{ csrf_token() }}"></form>'


@pytest.fixture
def browser(app, request):
    """A browser, and two pages: one that signs the patient in, one that asks who it is."""

    @app.get("/test/enter")
    def enter():
        web.sign_in(user_by_email(EMAIL))
        return "in"

    @app.get("/test/leave")
    def leave():
        web.sign_out()
        return "out"

    @app.route("/test/who", methods=["GET", "POST"])
    @web.page_login_required
    def who():
        return render_template_string("{{ name }} " + FORM, name=web.current_user().name)

    assert request.getfixturevalue("patient").email == EMAIL
    return app.test_client()


def test_a_signed_in_browser_is_known(browser):
    browser.get("/test/enter")
    assert browser.get("/test/who").text.startswith("Kim")


def test_a_stranger_is_sent_to_sign_in_and_back(browser):
    response = browser.get("/test/who?page=2")
    assert (response.status_code, response.location) == (302, "/sign-in?next=%2Ftest%2Fwho%3Fpage%3D2")


def test_a_page_session_ends(browser, clock, config):
    browser.get("/test/enter")
    clock.pass_by(hours=config.page_session_hours)
    assert browser.get("/test/who").status_code == 302


def test_signing_out_ends_the_session_also_for_a_copied_cookie(app, browser):
    browser.get("/test/enter")
    copy = browser.get_cookie("session").value
    browser.get("/test/leave")
    thief = app.test_client()
    thief.set_cookie("session", copy)
    assert thief.get("/test/who").status_code == 302


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser):
    cookie = browser.get("/test/enter").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_in_production_the_cookie_is_for_this_host_over_tls_alone(config, clock, tmp_path):
    folders = {"photo_dir": tmp_path / "photos", "key_dir": tmp_path / "keys"}
    app = create_app(replace(config, env="production", **folders), clock)
    answer = app.test_client().get("/sign-in", base_url="https://localhost")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-session=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie
    assert "Domain=" not in cookie
    app.extensions["acnetrack.engine"].dispose()


def test_a_form_without_its_csrf_token_is_refused_with_a_page(browser):
    browser.get("/test/enter")
    response = browser.post("/test/who")
    assert (response.status_code, response.mimetype) == (400, "text/html")


def test_a_form_with_its_csrf_token_is_taken(browser):
    browser.get("/test/enter")
    token = re.search('value="([^"]+)"', browser.get("/test/who").text)[1]
    assert browser.post("/test/who", data={"csrf_token": token}).status_code == 200


def test_a_page_session_is_no_token_for_the_api(browser):
    browser.get("/test/enter")
    with browser.session_transaction() as session:
        token = session["token"]
    assert browser.get("/v1/timelines").status_code == 401
    assert browser.get("/v1/timelines", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_of_the_api_is_no_page_session(browser, patient):
    with browser.session_transaction() as session:
        session["token"] = patient.token
    assert browser.get("/test/who").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/x\\..\\evil.example",
        " //evil.example",
        "javascript:x",
    ],
)
def test_nobody_is_sent_to_another_site_after_signing_in(target):
    assert web.safe_next(target) == "/"


def test_a_path_of_this_site_is_gone_back_to():
    assert web.safe_next("/patients/1?page=2") == "/patients/1?page=2"
