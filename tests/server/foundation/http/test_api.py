"""Answers are JSON that every parser reads, whatever is in them."""

import json
from datetime import date

import pytest
from flask import Flask

from server.foundation.http.api import StrictJson

CUT = "half an emoji \ud83d"


@pytest.fixture
def written():
    provider = StrictJson(Flask("answers"))
    return provider.dumps


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [1, {"a": float("-inf")}], ({"b": [float("nan")]},)])
def test_a_number_that_json_lacks_fails_loudly_and_is_never_null(written, value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        written(value)


@pytest.mark.parametrize(
    "value", [{"id": CUT}, [2**70], {"z": 1, "a": 2}, {"name": "Zoë"}, [1.5, None, True], {1: "one"}]
)
def test_what_is_written_reads_as_what_it_was(written, value):
    assert json.loads(written(value)) == json.loads(json.dumps(value))


def test_members_stay_in_the_order_that_they_were_put_in(written):
    assert written({"z": 1, "a": {"y": 2, "b": 3}}) == '{"z":1,"a":{"y":2,"b":3}}'


def test_a_date_is_written_as_flask_writes_it(written):
    assert json.loads(written({"day": date(2026, 3, 1)})) == {"day": "Sun, 01 Mar 2026 00:00:00 GMT"}
