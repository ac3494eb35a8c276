"""Every route that wants a token wants one that is signed in, in use, and proven twice where that is asked."""

from dataclasses import replace

import pytest

PUBLIC = {"/v1/accounts", "/v1/devices", "/v1/recovery", "/healthz", "/readyz"}
BEFORE_ENROLMENT = {
    ("get", "/v1/account"),
    ("put", "/v1/account/password"),
    ("get", "/v1/devices"),
    ("delete", "/v1/devices/{device_id}"),
    ("post", "/v1/devices/current/token"),
    ("post", "/v1/account/second-factor"),
    ("put", "/v1/account/second-factor"),
    ("post", "/v1/account/erasure"),
}
"""What a dermatologist may do who still has to set up a second factor: look, sign out, enrol, and leave."""


@pytest.fixture
def answers(client):
    """Calls every route that wants a token as somebody, and yields each with its answer's status and code."""
    document = client.get("/openapi.json").json
    routes = [
        (method, path)
        for path, item in document["paths"].items()
        for method, described in item.items()
        if method in ("get", "post", "put", "patch", "delete") and described.get("security") == [{"token": []}]
    ]
    assert len(routes) >= 40

    def call(person):
        for method, path in routes:
            answer = person.call(method.upper(), path.replace("{", "").replace("}", ""))
            yield (method, path), answer.status_code, (answer.json or {}).get("code") if answer.is_json else None

    return call


def test_only_a_few_routes_want_no_token(client):
    paths = client.get("/openapi.json").json["paths"]
    described = [(path, one) for path, item in paths.items() for one in item.values() if "responses" in one]
    assert {path for path, one in described if not one.get("security")} == PUBLIC


def test_a_revoked_token_opens_no_route(patient, answers):
    lost = patient.on_another_device()
    patient.delete(f"/v1/devices/{lost.device_id}")
    for route, status, code in answers(lost):
        assert (status, code) == (401, "unauthenticated"), route


def test_an_expired_token_opens_no_route_and_says_so(patient, clock, answers):
    clock.pass_by(days=181)
    for route, status, code in answers(patient):
        assert (status, code) == (401, "token_expired"), route


def test_without_the_second_factor_that_is_demanded_a_dermatologist_opens_only_what_leads_to_it(
    app, config, dermatologist, answers
):
    app.extensions["acnetrack.config"] = replace(config, dermatologist_second_factor="required")
    refused = {route for route, status, code in answers(dermatologist) if (status, code) == (403, "enrolment_required")}
    allowed = {route for route, *_ in answers(dermatologist)} - refused
    assert allowed == BEFORE_ENROLMENT
