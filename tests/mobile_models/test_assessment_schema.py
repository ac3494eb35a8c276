"""The published schema of an assessment: it uses this software's words, takes its answers and refuses others."""

import copy
import json

import pytest
from jsonschema import Draft202012Validator

from mobile_models.assess import assess
from mobile_models.assessment import Capture
from mobile_models.assessment_schema import assessment_schema
from mobile_models.bundle import RELEASED
from mobile_models.grading import gea, iga
from mobile_models.grading.instruments import INSTRUMENTS
from mobile_models.image import Photo
from mobile_models.lesions import COUNTED, TYPES
from mobile_models.tables import grading_tables
from mobile_models.zones import VIEWS, ZONES
from tests.assessments import flaws_of

GOLDEN = sorted((RELEASED / "golden" / "visits").glob("*.json"))
SIZE = (720, 960)


@pytest.fixture(scope="module")
def schema():
    Draft202012Validator.check_schema(assessment_schema())
    return assessment_schema()


@pytest.fixture(scope="module")
def validator(schema):
    return Draft202012Validator(schema)


def test_the_schema_uses_the_words_of_this_software(schema):
    parts, properties = schema["$defs"], schema["properties"]
    assert tuple(parts["type"]["enum"]) == tuple(parts["by_type"]["properties"]) == TYPES
    assert tuple(parts["zone"]["enum"]) == ZONES
    assert tuple(parts["view"]["enum"]) == VIEWS
    assert tuple(properties["counts"]["required"]) == tuple(properties["counts"]["properties"]) == COUNTED
    assert tuple(properties["grades"]["properties"]) == tuple(INSTRUMENTS)


def test_the_schema_has_the_scale_of_each_instrument(schema):
    parts, tables = schema["$defs"], grading_tables()
    for name, grades in (("iga", iga.GRADES), ("gea", gea.GRADES), ("gags", range(tables["GAGS"]["out_of"] + 1))):
        value = parts[name]["properties"]["value"]
        assert range(value["minimum"], value["maximum"] + 1) == grades
        names = Draft202012Validator(parts[name]["properties"]["distribution"]["propertyNames"])
        assert [text for text in map(str, range(-1, 1000)) if names.is_valid(text)] == [str(grade) for grade in grades]
    assert parts["hayashi"]["properties"]["value"]["enum"] == tables["Hayashi"]["bands"]
    assert parts["gags"]["properties"]["out_of"]["const"] == tables["GAGS"]["out_of"]


@pytest.mark.parametrize("visit", GOLDEN, ids=lambda path: path.stem)
def test_released_golden_assessments_follow_the_schema(visit, validator):
    assessment = json.loads(visit.read_text())
    assert validator.is_valid(assessment)
    assert flaws_of(assessment) == []


@pytest.mark.parametrize(("views", "guided"), [(("front",), False), (("left",), True), (VIEWS, True)])
def test_what_assess_gives_follows_the_schema(views, guided, detector, paint_face):
    captures = [Capture(view, Photo(paint_face(size=SIZE), *SIZE), view, guided) for view in views]
    assert flaws_of(json.loads(json.dumps(assess(captures, detector).visit_json()))) == []


@pytest.fixture(scope="module")
def first():
    return json.loads((RELEASED / "golden" / "visits" / "first.json").read_text())


def place(assessment, path):
    *above, last = path
    for step in above:
        assessment = assessment[step]
    return assessment, last


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["photos"], []),
        (["photos", 0, "view"], "top"),
        (["photos", 0, "lesions", 0, "type"], "cyst"),
        (["photos", 0, "lesions", 0, "score"], 1.5),
        (["photos", 0, "lesions", 0, "box"], [0, 0, 1]),
        (["photos", 0, "lesions", 0, "zone"], "neck"),
        (["photos", 0, "lesions", 0, "counted"], None),
        (["photos", 0, "quality", "warnings"], ["dark"]),
        (["counts", "papule", "value"], -1),
        (["counts", "papule", "value"], 2.5),
        (["zones", "neck"], {}),
        (["zones", "nose", "cyst"], 1),
        (["grades", "IGA", "value"], 5),
        (["grades", "IGA", "distribution"], {}),
        (["grades", "IGA", "distribution", "7"], 0.5),
        (["grades", "GAGS", "value"], True),
        (["grades", "Leeds"], {"unavailable": "not known"}),
        (["model", "sha256"], "none"),
    ],
)
def test_what_is_no_assessment_is_refused(path, value, first, validator):
    changed = copy.deepcopy(first)
    within, last = place(changed, path)
    within[last] = value
    assert not validator.is_valid(changed)


@pytest.mark.parametrize(
    "path",
    [
        ["photos"],
        ["counts"],
        ["counts", "nodule"],
        ["counts", "total", "high"],
        ["grades"],
        ["grades", "IGA", "distribution"],
        ["model"],
        ["model", "version"],
        ["photos", 0, "lesions", 0, "box"],
    ],
)
def test_what_a_reader_relies_on_may_not_be_left_out(path, first, validator):
    changed = copy.deepcopy(first)
    within, last = place(changed, path)
    del within[last]
    assert not validator.is_valid(changed)


def test_a_newer_app_may_say_more(first, validator):
    changed = copy.deepcopy(first)
    changed["later"] = changed["photos"][0]["lesions"][0]["later"] = 1
    assert validator.is_valid(changed)
    assert len(flaws_of(changed)) == 2
