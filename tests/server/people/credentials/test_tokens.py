"""Every route that wants a token wants its owner proven twice, where that is asked."""

from dataclasses import replace

import pytest

pytestmark = pytest.mark.both_databases

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


def test_without_the_second_factor_that_is_demanded_a_dermatologist_opens_only_what_leads_to_it(
    app, config, dermatologist, answers
):
    app.extensions["acnetrack.config"] = replace(config, dermatologist_second_factor="required")
    refused = {route for route, status, code in answers(dermatologist) if (status, code) == (403, "enrolment_required")}
    allowed = {route for route, *_ in answers(dermatologist)} - refused
    assert allowed == BEFORE_ENROLMENT
