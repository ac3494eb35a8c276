import json
from collections.abc import Callable
from typing import Any

import pytest

from server.timeline.assessment import read_assessment

Assessed = Callable[..., dict[str, Any]]


def test_only_counted_lesions_are_read(assessed: Assessed) -> None:
    result = assessed(papules=2, comedones=1)
    result["photos"][0]["lesions"][0]["counted"] = False
    assert len(read_assessment(json.dumps(result)).photos[0].lesions) == 2


def test_a_photo_is_found_by_its_id_before_its_view(assessed: Assessed) -> None:
    read = read_assessment(json.dumps(assessed(views=("front", "left"))))
    assert read.reading("left", "front") is read.photos[1]
    assert read.reading("unknown", "left") is read.photos[1]
    assert read.reading("unknown", "right") is None


def test_an_unavailable_grade_keeps_its_reason(assessed: Assessed) -> None:
    grade = read_assessment(json.dumps(assessed())).grade("GAGS")
    assert (grade.value, grade.reason) == (None, "not asked for")


def test_an_absent_grade_is_unavailable(assessed: Assessed) -> None:
    assert read_assessment(json.dumps(assessed())).grade("Hayashi").value is None


@pytest.mark.parametrize(
    "grade",
    [
        {"value": 9, "distribution": {"9": 1.0}},
        {"value": 2, "distribution": {"two": 1.0}},
        {"value": "severe", "distribution": {"2": 1.0}},
    ],
)
def test_a_grade_that_does_not_exist_is_unavailable(assessed: Assessed, grade: dict[str, Any]) -> None:
    read = read_assessment(json.dumps(assessed(grades={"IGA": grade})))
    assert read.grade("IGA").reason == "the assessment gives a grade that does not exist"


def test_a_zone_without_some_type_has_none_of_it(assessed: Assessed) -> None:
    read = read_assessment(json.dumps(assessed(zones={"nose": {"papule": 3}})))
    assert read.zones == {"nose": {"comedo": 0, "papule": 3, "pustule": 0, "nodule": 0}}
