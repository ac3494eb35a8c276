"""The published schema takes the released manifest, and refuses what the software refuses."""

import json

import pytest
from jsonschema import Draft202012Validator

from mobile_models.errors import AssessmentError
from mobile_models.manifest import SCHEMA_FILE, check_manifest


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(SCHEMA_FILE.read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_released_manifest_follows_the_schema(validator, bundle):
    assert [error.json_path for error in validator.iter_errors(bundle.manifest)] == []


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 2},
        {"schema": True},
        {"line": "../lesions"},
        {"version": "1.0"},
        {"version": "01.0.0"},
        {"minimum_app_version": "soon"},
        {"files": []},
        {"files": {"../x": {"bytes": 1, "sha256": "0" * 64}}},
        {"files": {"x": {"bytes": -1, "sha256": "0" * 64}}},
        {"files": {"x": {"bytes": 1, "sha256": "no"}}},
        {"files": {"x": {"bytes": 1}}},
        {"zones": None},
        {"input": 7},
    ],
)
def test_what_the_software_refuses_the_schema_refuses(change, validator, bundle):
    changed = {**bundle.manifest, **change}
    with pytest.raises(AssessmentError):
        check_manifest(changed)
    assert not validator.is_valid(changed)


@pytest.mark.parametrize("key", ["schema", "id", "line", "version", "default_file", "files", "calibration", "mdc"])
def test_a_missing_part_is_missing_to_both(key, validator, bundle):
    without = {name: value for name, value in bundle.manifest.items() if name != key}
    with pytest.raises(AssessmentError, match=key):
        check_manifest(without)
    assert not validator.is_valid(without)
