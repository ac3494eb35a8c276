"""What the published schema of an assessment refuses the server refuses, and what it takes the server takes."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from marshmallow import ValidationError

from mobile_models.assessment_schema import assessment_schema
from mobile_models.bundle import RELEASED
from mobile_models.lesions import COUNTED
from server.timeline.assessment_schema import validate_result

pytestmark = pytest.mark.slow

VALUES = (None, True, False, -1, 0, 1, 5, 33, 200_000, 10**400, 0.5, 1.5, -0.5, "", "1", "mild", "nose", [], [1], {})
"""Each is put wherever an assessment has a value. No 1.0: a JSON Schema takes it for whole, and the server does not."""

KEYS = ("nose", "neck", "papule", "5", "32", "33", "mild", "later")
"""Each takes the place of every name that an assessment has."""

LIKE_PAPULE = set(COUNTED) - {"papule"}
"""Counts that have the shape of the one of papules: to change that one is enough, and takes a quarter of the time."""


@pytest.fixture
def complete(assessment: dict[str, Any]) -> dict[str, Any]:
    """An assessment with everything that the schema names, and little of it."""
    graded = {"basis": "guided face", "validated": False}
    assessment["photos"][0]["lesions"][0]["probabilities"] = [0, 1, 0, 0.0]
    assessment["photos"][0]["quality"] = {
        "ok": False,
        "skin_fraction": 0.5,
        "sharpness": 12.5,
        "brightness": 0.5,
        "warnings": [{"code": "dark", "message": "Too dark"}],
    }
    assessment["experimental"] = ["comedo", "non_inflammatory"]
    assessment["grades"] = {
        "IGA": {"value": 1, "distribution": {"1": 1}, **graded},
        "GEA": {"unavailable": "not asked for"},
        "Hayashi": {"value": "mild", "distribution": {"mild": 1}, **graded},
        "GAGS": {"value": 30, "out_of": 32, "distribution": {"30": 1}, **graded},
    }
    return assessment


def changed(document: Any) -> Iterator[Any]:
    """Yield the document with one thing in it changed: a value put in its place, a name replaced or left out."""
    yield from VALUES
    if isinstance(document, dict):
        for name, value in document.items():
            rest = {other: document[other] for other in document if other != name}
            yield rest
            yield from ({**rest, key: value} for key in KEYS)
            if name not in LIKE_PAPULE:
                yield from ({**document, name: part} for part in changed(value))
        yield from ({**document, key: value} for key in KEYS for value in (None, 0, {}))
    if isinstance(document, list):
        yield document * 2
        yield document[:-1]
        for place, value in enumerate(document):
            yield from ([*document[:place], part, *document[place + 1 :]] for part in changed(value))


def refusal(document: Any) -> str:
    """Return why the server refuses a document, nothing where it takes it."""
    try:
        validate_result(json.dumps(document))
    except ValidationError as error:
        return str(error)
    return ""


def test_the_server_takes_what_the_published_schema_takes_and_nothing_else(complete: dict[str, Any]) -> None:
    validator = Draft202012Validator(assessment_schema())
    assert (list(validator.iter_errors(complete)), refusal(complete)) == ([], "")
    answers = [(validator.is_valid(document), refusal(document), document) for document in changed(complete)]
    apart = [(valid, why, document) for valid, why, document in answers if valid == bool(why)]
    # That an interval holds its value is the one rule which the schema gives in words only.
    assert [answer for answer in apart if not (answer[0] and "low ≤ value ≤ high" in answer[1])] == []
    assert sum(valid for valid, *_ in answers) > 100
    assert sum(bool(why) for _, why, _ in answers) > 1_000


@pytest.mark.parametrize("visit", sorted((RELEASED / "golden" / "visits").glob("*.json")), ids=lambda path: path.stem)
def test_the_released_golden_assessments_are_taken(visit: Any) -> None:
    assert refusal(json.loads(visit.read_text())) == ""


def test_the_document_of_this_test_is_left_as_it_was(complete: dict[str, Any]) -> None:
    before = copy.deepcopy(complete)
    list(changed(complete))
    assert complete == before
