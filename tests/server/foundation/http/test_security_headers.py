"""Every answer of every address says how browsers and caches are to treat it."""

import re
from dataclasses import replace

import pytest

from server.application.factory import create_app
from server.foundation.http.security_headers import HEADERS, HSTS
from server.foundation.keys.master import new_master_key

MODEL_FILE = "/v1/models/<line>/<version>/files/<path:name>"
ASKED_ANEW = {"private, no-cache", "private, no-store", "no-store"}
OF_NOBODY = {"/static/<path:filename>", "/app/", "/app/<path:filename>", "/app/model/<filename>", "/v1/helplines"}
"""What is the same for everybody."""


@pytest.fixture
def production(config, clock):
    secrets = {"secret_key": "0123456789abcdef" * 4, "master_key": new_master_key()}
    app = create_app(replace(config, env="production", **secrets), clock)
    app.testing = True
    yield app
    app.extensions["acnetrack.engine"].dispose()


@pytest.fixture
def full(patient, visit_row, photo_row, jpeg, assessment_row):
    """A patient with something at every address."""
    patient.push(visits=[visit_row()], photos=[photo_row(jpeg)], assessments=[assessment_row()])
    answer = patient.put(f"{patient.timeline}/photos/photo-0001", data=jpeg, content_type="image/jpeg")
    assert answer.status_code == 204
    return patient


def addresses(app, person):
    with person.get("/v1/models/lesions/manifest?platform=ios&app_version=9.0.0") as answer:
        manifest = answer.json
    ids = {"timeline_id": person.timeline_id, "photo_id": "photo-0001", "visit_id": "visit-0001", "table": "visits"}
    ids |= {"line": "lesions", "version": manifest["version"], "name": next(iter(manifest["files"]))}
    ids |= {"filename": "base.css"}
    for rule in app.url_map.iter_rules():
        yield rule, re.sub(r"<(?:\w+:)?(\w+)>", lambda match: ids.get(match[1], "unknown-0001"), rule.rule)


def answers(app, person, browser):
    for rule, path in addresses(app, person):
        for method in sorted({*rule.methods, "TRACE"}):
            for ask in (app.test_client().open, person.call if rule.rule.startswith("/v1") else browser.open):
                arguments = {"path": path, "method": method}
                with ask(**arguments) as answer:
                    yield rule, method, answer


def test_every_answer_carries_every_header(app, full, browse):
    seen = set()
    for rule, method, answer in answers(app, full, browse(full)):
        missing = {name for name in {*HEADERS, "Content-Security-Policy"} if name not in answer.headers}
        assert not missing, (method, rule.rule)
        own = {"Cache-Control", "Permissions-Policy"} if rule.rule.startswith("/app/") else {"Cache-Control"}
        different = {name for name in HEADERS.keys() - own if answer.headers[name] != HEADERS[name]}
        assert not different, (method, rule.rule)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; "), (method, rule.rule)
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy or (rule.rule.startswith("/app/") and policy.count("unsafe") == 1)
        assert "Access-Control-Allow-Origin" not in answer.headers
        seen.add(answer.status_code // 100)
    assert seen >= {2, 3, 4}


def test_no_cache_gives_out_what_is_somebodys_without_asking(app, full, browse):
    for rule, method, answer in answers(app, full, browse(full)):
        if rule.rule not in OF_NOBODY and not (rule.rule == MODEL_FILE and answer.status_code == 200):
            assert answer.headers["Cache-Control"] in ASKED_ANEW, (method, rule.rule)


def test_in_production_browsers_are_told_to_use_tls_alone(production, client):
    for path in ("/sign-in", "/v1/timelines", "/nowhere", "/static/base.css", "/"):
        with production.test_client().get(path) as answer:
            assert answer.headers["Strict-Transport-Security"] == HSTS
        with client.get(path) as answer:
            assert "Strict-Transport-Security" not in answer.headers


def test_in_production_no_script_other_site_or_plain_connection_gets_the_cookie(production):
    (cookie,) = production.test_client().get("/sign-in").headers.getlist("Set-Cookie")
    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} == set(attributes)


def test_the_api_sets_no_cookie(app, full):
    for rule, path in addresses(app, full):
        if rule.rule.startswith("/v1"):
            for method in rule.methods:
                with full.call(method, path) as answer:
                    assert "Set-Cookie" not in answer.headers, rule.rule


def test_a_cookie_opens_nothing_of_the_api(app, full, browse):
    browser = browse(full)
    for rule, path in addresses(app, full):
        if "timeline_id" in rule.arguments and rule.rule.startswith("/v1"):
            for method in rule.methods - {"OPTIONS", "HEAD"}:
                assert browser.open(path, method=method).status_code == 401, rule.rule
