"""What the JSON text of an assessment must hold before it is stored; more than that is kept as it is.

Whoever reads a stored assessment may rely on it.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from server.foundation.http.json_text import MalformedJson, parse_json
from server.timeline.models import VIEWS

LONGEST = 2_000_000
TYPES = ("comedo", "papule", "pustule", "nodule")
COUNTED = (*TYPES, "inflammatory", "non_inflammatory", "total")
INSTRUMENTS = ("IGA", "GEA", "Hayashi", "GAGS")
ZONES = ("forehead", "left_cheek", "right_cheek", "nose", "chin")

FARTHEST_PX = 1_000_000
"""How far from the corner of its photo a box may reach; what draws it is spared numbers that no float holds."""

_whole = validate.Range(0, 100_000)
_share = validate.Range(0, 1)


class _Part(Schema):
    class Meta:
        unknown = EXCLUDE


class _Count(_Part):
    value = fields.Integer(required=True, strict=True, validate=_whole)
    low = fields.Integer(required=True, strict=True, validate=_whole)
    high = fields.Integer(required=True, strict=True, validate=_whole)

    @validates_schema
    def ordered(self, data: Mapping[str, Any], **_: object) -> None:
        """Refuse an interval that leaves its value out."""
        if not data["low"] <= data["value"] <= data["high"]:
            raise ValidationError("Must be low ≤ value ≤ high.")


class _Grade(_Part):
    value = fields.Raw(allow_none=True)
    distribution = fields.Dict(keys=fields.String(), values=fields.Float(validate=_share))
    unavailable = fields.String()

    @validates_schema
    def complete(self, data: Mapping[str, Any], **_: object) -> None:
        """Refuse a grade that gives neither a value nor the reason why it has none."""
        if "unavailable" not in data:
            value = data.get("value")
            if not isinstance(value, int | str) or isinstance(value, bool) or not data.get("distribution"):
                raise ValidationError("Give 'value' and 'distribution', or 'unavailable' with the reason.")


def _lesion(lesion: Any) -> None:
    """Check one lesion by hand: there are hundreds in an assessment, and a schema for each takes 20 times as long."""
    if not isinstance(lesion, dict):
        raise ValidationError("Must be an object.")
    if lesion.get("type") not in TYPES:
        raise ValidationError(f"type: Must be one of: {', '.join(TYPES)}.")
    if not (_number(lesion.get("score")) and 0 <= lesion["score"] <= 1):
        raise ValidationError("score: Must be a number from 0 to 1.")
    box = lesion.get("box")
    if not (
        isinstance(box, list) and len(box) == 4 and all(_number(side) and abs(side) <= FARTHEST_PX for side in box)
    ):
        raise ValidationError("box: Must be four numbers, in pixels.")
    if lesion.get("zone") is not None and lesion["zone"] not in ZONES:
        raise ValidationError(f"zone: Must be null or one of: {', '.join(ZONES)}.")
    if not isinstance(lesion.get("counted"), bool):
        raise ValidationError("counted: Must be true or false.")


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class _Warning(_Part):
    code = fields.String(required=True)
    message = fields.String(required=True)


class _Quality(_Part):
    warnings = fields.List(fields.Nested(_Warning), required=True)


class _Photo(_Part):
    photo = fields.String(required=True)
    view = fields.String(required=True, validate=validate.OneOf(VIEWS))
    lesions = fields.List(
        fields.Raw(required=True, validate=_lesion), required=True, validate=validate.Length(max=5_000)
    )
    quality = fields.Nested(_Quality)


class _Model(_Part):
    id = fields.String(required=True)
    version = fields.String(required=True)
    sha256 = fields.String(required=True)


class AssessmentResult(_Part):
    """The assessment of one visit."""

    photos = fields.List(fields.Nested(_Photo), required=True, validate=validate.Length(1, 12))
    counts = fields.Dict(keys=fields.String(), values=fields.Nested(_Count), required=True)
    zones = fields.Dict(
        keys=fields.String(validate=validate.OneOf(ZONES)),
        values=fields.Dict(
            keys=fields.String(validate=validate.OneOf(TYPES)),
            values=fields.Integer(strict=True, validate=_whole),
        ),
        allow_none=True,
    )
    grades = fields.Dict(
        keys=fields.String(validate=validate.OneOf(INSTRUMENTS)), values=fields.Nested(_Grade), required=True
    )
    model = fields.Nested(_Model, required=True)

    @validates_schema
    def every_count(self, data: Mapping[str, Any], **_: object) -> None:
        """Refuse an assessment without the count of each type and group."""
        missing = [name for name in COUNTED if name not in data["counts"]]
        if missing:
            raise ValidationError(f"Missing: {', '.join(missing)}.", "counts")


def validate_result(text: str) -> None:
    """Check the JSON text of an assessment.

    Raises:
        ValidationError: it is too long, not JSON, or lacks something that an assessment has.
    """
    if len(text) > LONGEST:
        raise ValidationError(f"Must not be longer than {LONGEST} characters.")
    try:
        errors = AssessmentResult().validate(parse_json(text))
    except MalformedJson as error:
        raise ValidationError(error.text) from error
    if errors:
        raise ValidationError(f"Not an assessment: {_first(errors)}")


def _first(errors: Any, path: str = "") -> str:
    """Return the first of nested messages with the path to it."""
    while not isinstance(errors, str):
        key, errors = next(iter(errors.items())) if isinstance(errors, dict) else ("", errors[0])
        path += f".{key}" if key not in ("", "_schema") else ""
    return f"{path.lstrip('.')}: {errors}".lstrip(": ")
