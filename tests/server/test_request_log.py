"""The log says what happened and nothing of whom."""

import json
import logging

import pytest

from server.json_lines import JsonLines


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
