"""The operator's helplines, for every app; a table that is none is refused at the start."""

import json
import os
from dataclasses import replace

import pytest

from server.foundation.config import ConfigError
from server.phone.helplines.table import helplines

NORWAY = {
    "emergency": "113",
    "lines": [{"name": "Mental Helse", "number": "116 123"}],
    "source": "a made-up line of this test",
    "checked_on": "2026-11-30",
}


@pytest.fixture
def given(app, tmp_path):
    """Makes the operator's table what a test says."""

    def give(table):
        path = tmp_path / "helplines.json"
        path.write_text(table if isinstance(table, str) else json.dumps(table))
        app.extensions["acnetrack.config"] = replace(app.extensions["acnetrack.config"], helplines=str(path))
        return app.extensions["acnetrack.config"]

    return give


def test_without_a_table_there_is_no_country_in_it(client):
    answer = client.get("/v1/helplines")
    assert (answer.status_code, answer.json) == (200, {"countries": {}})
    assert answer.headers["Cache-Control"] == "public, max-age=3600"


def test_the_operators_table_is_given_to_anybody(client, given):
    given({"countries": {"NO": NORWAY}})
    assert client.get("/v1/helplines").json == {"countries": {"NO": NORWAY}}


def test_a_table_that_was_changed_is_read_anew(client, given, tmp_path):
    given({"countries": {}})
    assert client.get("/v1/helplines").json["countries"] == {}
    given({"countries": {"NO": NORWAY}})
    os.utime(tmp_path / "helplines.json", ns=(1, 1))
    assert client.get("/v1/helplines").json["countries"] == {"NO": NORWAY}


@pytest.mark.parametrize(
    "wrong",
    [
        "{",
        "[]",
        {},
        {"countries": {"XX": NORWAY}},
        {"countries": {"NO": {**NORWAY, "emergency": "call us"}}},
        {"countries": {"NO": {**NORWAY, "checked_on": "lately"}}},
        {"countries": {"NO": {key: NORWAY[key] for key in NORWAY if key != "source"}}},
        {"countries": {"NO": {**NORWAY, "lines": [{"name": "", "number": "1"}]}}},
        {"countries": {"NO": {**NORWAY, "more": 1}}},
    ],
)
def test_what_is_no_such_table_is_refused_with_the_file_and_the_reason(given, wrong):
    with pytest.raises(ConfigError, match=r"ACNETRACK_HELPLINES cannot be used: .*helplines\.json: .*unset it"):
        helplines(given(wrong))


def test_a_file_that_is_not_there_is_refused(config):
    with pytest.raises(ConfigError, match="ACNETRACK_HELPLINES"):
        helplines(replace(config, helplines="/nowhere/helplines.json"))
