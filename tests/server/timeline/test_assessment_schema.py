"""What is stored as an assessment can be read as one."""

import copy
import json

import pytest
from marshmallow import ValidationError

from server.timeline.assessment import read_assessment
from server.timeline.assessment_schema import LONGEST, validate_result


def test_an_assessment_passes_and_can_be_read(assessment):
    text = json.dumps(assessment)
    validate_result(text)
    assert read_assessment(text).counts["papule"].value == 1


def test_more_than_is_asked_for_is_let_through(assessment):
    validate_result(json.dumps({**assessment, "of_a_later_version": {"a": 1}}))


def test_a_count_of_no_zone_is_fine_for_an_unguided_photo(assessment):
    validate_result(json.dumps({**assessment, "zones": None}))


WRONG = [
    (("photos",), []),
    (("photos",), None),
    (("photos", 0, "view"), "behind"),
    (("photos", 0, "lesions", 0, "type"), "freckle"),
    (("photos", 0, "lesions", 0, "box"), [1, 2, 3]),
    (("photos", 0, "lesions", 0, "box"), [1, 2, 3, 10**400]),
    (("photos", 0, "lesions", 0, "box"), [1, 2, -1e300, 4]),
    (("photos", 0, "lesions", 0, "score"), 1.5),
    (("photos", 0, "lesions", 0, "counted"), "yes"),
    (("counts", "papule", "value"), -1),
    (("counts", "papule", "value"), 1.5),
    (("counts", "papule", "low"), 2),
    (("counts", "papule", "high"), None),
    (("counts",), {}),
    (("zones", "elbow"), {}),
    (("zones", "nose", "papule"), "one"),
    (("grades", "IGA"), {}),
    (("grades", "IGA", "distribution"), {}),
    (("grades", "IGA", "value"), True),
    (("grades", "PGA"), {"unavailable": "unknown"}),
    (("model",), None),
    (("model", "sha256"), 5),
]


@pytest.mark.parametrize(("path", "value"), WRONG)
def test_a_wrong_part_is_named(assessment, path, value):
    wrong = copy.deepcopy(assessment)
    part = wrong
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    with pytest.raises(ValidationError, match=str(path[0])):
        validate_result(json.dumps(wrong))


@pytest.mark.parametrize("text", ["", "[]", "null", "3", '{"counts": NaN}', " " * (LONGEST + 1)])
def test_what_is_no_assessment_at_all_is_refused(text):
    with pytest.raises(ValidationError):
        validate_result(text)
