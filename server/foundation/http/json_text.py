"""JSON as its standard has it, and as every database can keep it.

A body of many records is read more leniently, so that what is wrong with one of them is refused with that one: numbers
that JSON does not have are read as NaN or infinity, and text that is none as text with halves of characters in it.
"""

import json
import math
import re
from typing import Any, NoReturn

from server.foundation.http.errors import Problem

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_DIGITS = 4_000
"""What Python converts at once; no column holds as many."""


class MalformedJson(Problem):
    """The body is not JSON."""

    code = "malformed_json"
    detail = "The body is not valid JSON; send one JSON document in UTF-8, without NaN or Infinity."


def _finite(number: str) -> float:
    value = float(number)
    if math.isinf(value):
        raise ValueError("a number too large")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _whole(number: str) -> float:
    return int(number) if len(number) <= _DIGITS else math.inf


def parse_json(data: bytes | str) -> Any:
    """Return the document in `data`.

    Raises:
        MalformedJson: it is not JSON, holds NaN or Infinity, nests too deeply, or has text that no
            database keeps (a NUL or half a surrogate pair).
    """
    raw = data.encode() if isinstance(data, str) else data
    try:
        document = json.loads(raw.decode(), parse_constant=_refuse_constant, parse_float=_finite)
        if _NUL.search(raw):
            raise ValueError("NUL")
        if _SURROGATE.search(raw):
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise MalformedJson from error
    return document


def parse_records(data: bytes) -> Any:
    """Return the document in `data`, in which `is_text` has to be asked of each text before it is kept.

    Raises:
        MalformedJson: it is not JSON, or nests too deeply.
    """
    try:
        return json.loads(data.decode(errors="surrogateescape"), parse_int=_whole)
    except (ValueError, RecursionError) as error:
        raise MalformedJson from error


def is_text(text: str) -> bool:
    """Return whether every database can keep this: no NUL, and no half of a character, as of an emoji cut in two."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
