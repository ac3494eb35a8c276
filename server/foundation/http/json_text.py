"""JSON as its standard has it, and as every database can keep it."""

import json
import math
import re
from typing import Any, NoReturn

from server.foundation.http.errors import Problem

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


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
