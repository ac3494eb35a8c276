"""The log says what happened and nothing of whom."""

import io
import json
import logging
import re
import shutil

import pytest

from server.foundation.log.json_lines import JsonLines


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, "acnetrack")
    return lambda: [json.loads(JsonLines().format(record)) for record in caplog.records]


def test_a_request_is_logged_by_route_and_status(patient, lines):
    patient.get(f"{patient.timeline}/photos/photo-0001?token=in-the-query")
    line = lines()[-1]
    assert (line["event"], line["method"], line["status"]) == ("request", "GET", 404)
    assert line["route"] == "/v1/timelines/<timeline_id>/photos/<photo_id>"
    assert line["ms"] >= 0


def test_nothing_personal_reaches_the_log(patient, jpeg, visit_row, photo_row, lines):
    patient.push(visits=[visit_row(note="scalp itches")], photos=[photo_row(jpeg)])
    patient.put(f"{patient.timeline}/photos/photo-0001", data=jpeg, content_type="image/jpeg")
    patient.client.post("/v1/devices", json={"email": patient.email, "password": "wrong", "name": "x"})
    logged = json.dumps(lines())
    for private in (patient.email, patient.token, patient.timeline_id, "photo-0001", "itches", "Kim"):
        assert private not in logged


def test_a_line_goes_to_what_standard_error_is_then(client, monkeypatch):
    client.get("/healthz/none")
    errors = io.StringIO()
    monkeypatch.setattr("sys.stderr", errors)
    client.get("/healthz/none")
    [line] = errors.getvalue().splitlines()
    assert json.loads(line)["event"] == "request"


@pytest.mark.parametrize("sent_id", ["0123456789abcdef", "4BF92F35-77b3-4da6-a3ce-929d0e0e4736"])
def test_the_id_that_a_proxy_gave_a_request_is_kept(client, lines, sent_id):
    answer = client.get("/v1/timelines", headers={"X-Request-Id": sent_id})
    assert answer.headers["X-Request-Id"] == answer.json["request_id"] == lines()[-1]["request_id"] == sent_id


@pytest.mark.parametrize("sent_id", [None, "", "short", "a" * 65, "Kim.Mustermann.was.here", "0123456789abcdef\u00b2"])
def test_another_id_is_made_where_none_or_something_else_was_given(client, lines, sent_id):
    answer = client.get("/v1/timelines", headers={} if sent_id is None else {"X-Request-Id": sent_id})
    made = answer.headers["X-Request-Id"]
    assert made != sent_id
    assert re.fullmatch(r"[0-9a-f]{32}", made)
    assert answer.json["request_id"] == lines()[-1]["request_id"] == made


def test_every_answer_names_its_request_pages_of_errors_too(client):
    for path, status in (("/healthz", 200), ("/sign-in", 200), ("/nothing-here", 404)):
        answer = client.get(path)
        assert answer.status_code == status
        assert len(answer.headers["X-Request-Id"]) == 32
    assert answer.headers["X-Request-Id"] in answer.text


def record_of(name, message, *arguments, error=None):
    raised = (type(error), error, error.__traceback__) if error else None
    return json.loads(JsonLines().format(logging.LogRecord(name, logging.ERROR, "", 0, message, arguments, raised)))


@pytest.mark.parametrize(
    ("message", "event"),
    [
        ("Invalid request from ip=1.2.3.4: Invalid HTTP header: 'kim@example.org'", "Invalid request"),
        ("Worker (pid:%s) was sent SIGKILL!", "Worker (pid:7) was sent SIGKILL!"),
        ("Exception during worker exit:\n%s", "Exception during worker exit:"),
    ],
)
def test_of_gunicorns_words_those_about_processes_are_kept(message, event):
    assert record_of("gunicorn.error", message, *([7] if "%s" in message else []))["event"] == event


def test_of_what_libraries_log_only_the_kind_of_error_and_the_place_is_kept():
    try:
        raise ValueError("kim@example.org")
    except ValueError as error:
        line = record_of("sqlalchemy.pool", "kim@example.org %s", "kim@example.org", error=error)
    assert (line["event"], line["error"]) == ("sqlalchemy.pool logged", "ValueError")
    assert "test_request_log.py" in line["frames"][-1]
    assert "kim" not in json.dumps(line)


def test_probes_are_logged_only_when_the_answer_is_bad(client, config, lines):
    for path in ("/healthz", "/readyz"):
        assert client.get(path).status_code == 200
    assert lines() == []
    shutil.rmtree(config.photo_dir)
    config.photo_dir.write_text("in the way")
    assert client.get("/readyz").status_code == 503
    assert lines()[-1]["route"] == "/readyz"
