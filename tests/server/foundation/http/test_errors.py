"""Every error is a problem document with a stable code under /v1, and a page elsewhere."""

import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from server.foundation.http.bodies import SHORT_BYTES

TYPE = "application/problem+json"


def problem(response, status, code):
    assert (response.status_code, response.content_type) == (status, TYPE), response.data
    assert response.json["code"] == code
    assert response.json["status"] == status
    assert response.json["title"]
    assert response.json["detail"]
    return response.json


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/nothing", "/v1/timelines/a/b/c"])
def test_an_unknown_address_is_not_found(client, path):
    problem(client.get(path), 404, "not_found")


def test_a_wrong_method_names_the_right_ones(client):
    response = client.put("/v1/accounts")
    problem(response, 405, "method_not_allowed")
    assert "POST" in response.headers["Allow"]


@pytest.mark.parametrize("body", [b"", b"{", b'{"email": NaN}', b"\xff", b'{"email": "\\ud800"}'])
def test_malformed_json_is_400(client, body):
    problem(client.post("/v1/accounts", data=body, content_type="application/json"), 400, "malformed_json")


@pytest.mark.parametrize("path", ["sync", "rx/visits/pull", "accesses"])
def test_a_query_parameter_that_is_not_known_is_422_by_its_name(patient, path):
    refusal = problem(patient.get(f"{patient.timeline}/{path}?cursor=abc"), 422, "invalid")
    assert refusal["errors"] == {"query": {"cursor": ["Unknown field."]}}


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_does_not_say_it_is_json_is_415(client, content_type):
    problem(client.post("/v1/accounts", data=b"{}", content_type=content_type), 415, "unsupported_media_type")


@pytest.mark.parametrize("body", ["[]", "3", '"text"', "null", '{"email": 3, "more": true}'])
def test_json_of_the_wrong_shape_is_422_and_says_where(client, body):
    response = client.post("/v1/accounts", data=body, content_type="application/json")
    assert problem(response, 422, "invalid")["errors"]


def test_an_oversized_body_is_413(client, config):
    body = b'{"email": "' + b"a" * SHORT_BYTES + b'"}'
    problem(client.post("/v1/accounts", data=body, content_type="application/json"), 413, "too_large")


@pytest.mark.parametrize("path", ["/v1/accounts", "/v1/devices", "/v1/recovery", "/sign-in", "/v1/account/erasure"])
def test_nobody_is_made_to_read_a_long_body_for_what_is_short(client, patient, config, path):
    assert config.request_max_bytes > 10 * SHORT_BYTES
    answer = patient.post(path, data=b"[" * (SHORT_BYTES + 1), content_type="application/json")
    assert answer.status_code == 413


def test_an_answer_names_twenty_wrong_values_and_no_more(client):
    many = {f"key{number}": number for number in range(5_000)} | {"k" * 10_000: 1}
    answer = client.post("/v1/accounts", json=many)
    assert sum(map(len, problem(answer, 422, "invalid")["errors"]["json"].values())) == 20
    assert len(answer.data) < 4_000


def test_without_a_token_the_answer_says_how_to_send_one(client):
    response = client.get("/v1/timelines")
    problem(response, 401, "unauthenticated")
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_elsewhere_an_error_is_a_page_with_the_source_of_the_server(client, config):
    response = client.get("/nothing-here")
    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert config.source_url in response.text


def test_a_bug_shows_and_logs_nothing_of_its_inside(app, client, capsys):
    secret = "somebody@example.org"

    @app.get("/v1/bug")
    def bug():
        raise RuntimeError(secret)

    app.testing = False
    response = client.get("/v1/bug")
    problem(response, 500, "internal_error")
    assert secret not in response.text
    assert secret not in capsys.readouterr().err


def test_a_database_that_is_busy_is_503_and_says_when_to_come_back(app, client):
    @app.get("/v1/busy")
    def busy():
        raise OperationalError("SELECT 1", {}, sqlite3.OperationalError("database is locked"))

    response = client.get("/v1/busy")
    problem(response, 503, "busy")
    assert int(response.headers["Retry-After"]) > 0


def test_healthz_answers_as_long_as_the_process_does(client):
    assert client.get("/healthz").json == {"status": "ok"}


def test_answers_forbid_framing_and_guessing_of_types(client):
    headers = client.get("/healthz").headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("host", ["9" * 300, "a..b"])
@pytest.mark.parametrize("path", ["/", "/sign-in", "/v1/timelines"])
def test_a_host_that_is_none_is_400(client, host, path):
    answer = client.get(path, headers={"Host": host})
    assert (answer.status_code, answer.json["code"]) == (400, "malformed")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
