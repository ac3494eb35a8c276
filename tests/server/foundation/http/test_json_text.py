"""JSON is read as its standard has it."""

import pytest

from server.foundation.http.json_text import MalformedJson, parse_json


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',  # read as infinity by Python
        b"\xff\xfe",
        b'{"a": "\\u0000"}',  # no PostgreSQL text
        b'{"a": "\\\\\\u0000"}',
        b'{"a": "\\ud800"}',  # half a character
        b'{"a": "\x00"}',
        b"9" * 5000,  # more digits than Python converts
        b"[" * 100_000,
        '{"a": "\\u0000"}'.encode("utf-16"),  # another coding would hide what no database keeps
        '{"a": 1}'.encode("utf-32-le"),
        '{"a": 1}'.encode("utf-8-sig"),
    ],
)
def test_what_is_not_json_is_refused(text):
    with pytest.raises(MalformedJson):
        parse_json(text)


@pytest.mark.parametrize(
    ("text", "document"),
    [
        (b'{"a": 1.5}', {"a": 1.5}),
        (b'"\\ud83d\\ude00"', "\N{GRINNING FACE}"),
        (b'"\\\\u0000"', "\\u0000"),  # a backslash and the letter u, no NUL
        ('"é"'.encode(), "é"),
    ],
)
def test_json_is_read(text, document):
    assert parse_json(text) == document
