"""Assessments held to their schema, in the strict form that this software and its ports write."""

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from mobile_models.assessment_schema import assessment_schema


@cache
def _complete() -> Draft202012Validator:
    """The schema with every property that it names required, and no other allowed."""
    return Draft202012Validator(_strict(assessment_schema()))


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(part) for part in node]
    if not isinstance(node, dict):
        return node
    strict = {key: _strict(part) for key, part in node.items()}
    if isinstance(node.get("properties"), dict) and node.get("type") == "object":
        strict |= {"required": list(node["properties"]), "additionalProperties": False}
    return strict


def flaws_of(assessment: Any) -> list[str]:
    """Return where an assessment departs from the schema, or lacks or adds something that it does not name."""
    return [f"{error.json_path}: {error.message}" for error in _complete().iter_errors(assessment)]
