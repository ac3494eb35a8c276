"""What the JSON text of an assessment must hold before it is stored; more than that is stored as it is.

It is `mobile_models`' JSON Schema of an assessment, whose messages here name the part that is wrong; and an interval
holds its value. Whoever reads a stored assessment may rely on it.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeGuard

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from mobile_models.grading.instruments import GAGS, INSTRUMENTS
from mobile_models.lesions import COUNTED, TYPES
from mobile_models.zones import VIEWS, ZONES
from server.foundation.http.json_text import MalformedJson, parse_json
from server.timeline.assessment import SCALES

LONGEST = 2_000_000

FARTHEST_PX = 1_000_000
"""How far from the corner of its photo a box may reach; what draws it is spared numbers that no float holds."""

_whole = validate.Range(0, 100_000)


class _Part(Schema):
    class Meta:
        unknown = EXCLUDE


class _Number(fields.Raw):
    """A number as it was read: a whole one may be larger than any float."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int | float:
        if not _number(value):
            raise ValidationError("Must be a number.")
        return value


class _Truth(fields.Boolean):
    """True or false, neither 1 nor a text that says so."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Must be true or false.")
        return value


class _Only(fields.Raw):
    """One value and no other that Python takes for the same, as 1 for true."""

    def __init__(self, only: object) -> None:
        super().__init__()
        self._only = only

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if not _equal(value, self._only):
            raise ValidationError(f"Must be {json.dumps(self._only)}.")
        return value


def _share() -> _Number:
    return _Number(validate=validate.Range(0, 1))


class _Count(_Part):
    value = fields.Integer(required=True, strict=True, validate=_whole)
    low = fields.Integer(required=True, strict=True, validate=_whole)
    high = fields.Integer(required=True, strict=True, validate=_whole)
    expected = _Number(validate=validate.Range(0))

    @validates_schema
    def ordered(self, data: Mapping[str, Any], **_: object) -> None:
        """Refuse an interval that leaves its value out."""
        if not data["low"] <= data["value"] <= data["high"]:
            raise ValidationError("Must be low ≤ value ≤ high.")


def _estimate(instrument: str) -> Schema:
    """Return the shape of an instrument's estimate: its grades are those of its scale."""
    scale = SCALES[instrument]
    grades = ", ".join(map(str, scale))

    def of_scale(value: object) -> None:
        if not any(_equal(value, grade) for grade in scale):
            raise ValidationError(f"Must be one of: {grades}.")

    columns: dict[str, fields.Field[Any]] = {
        "value": fields.Raw(required=True, validate=of_scale),
        "distribution": fields.Dict(
            keys=fields.String(validate=validate.OneOf([str(grade) for grade in scale])),
            values=_share(),
            required=True,
            validate=validate.Length(1),
        ),
        "basis": fields.String(),
        "validated": _Truth(),
    }
    if instrument == GAGS:
        columns["out_of"] = _Only(scale[-1])
    return _Part.from_dict(columns, name=f"_{instrument}")()


_ESTIMATES = {instrument: _estimate(instrument) for instrument in INSTRUMENTS}


def _grades(grades: Mapping[str, Any]) -> None:
    """Refuse a grade that gives neither an estimate on its instrument's scale nor the reason why it has none."""
    for instrument, grade in grades.items():
        if instrument not in _ESTIMATES:
            raise ValidationError({instrument: [f"Must be one of: {', '.join(_ESTIMATES)}."]})
        if isinstance(grade, dict) and isinstance(grade.get("unavailable"), str):
            continue
        if not isinstance(grade, dict) or not {"value", "distribution"} <= grade.keys():
            raise ValidationError({instrument: ["Give 'value' and 'distribution', or 'unavailable' with the reason."]})
        if errors := _ESTIMATES[instrument].validate(grade):
            raise ValidationError({instrument: errors})


def _lesion(lesion: Any) -> None:
    """Check one lesion by hand: there are hundreds in an assessment, and a schema for each takes 20 times as long."""
    if not isinstance(lesion, dict):
        raise ValidationError("Must be an object.")
    if not _among(lesion.get("type"), TYPES):
        raise ValidationError(f"type: Must be one of: {', '.join(TYPES)}.")
    if not _is_share(lesion.get("score")):
        raise ValidationError("score: Must be a number from 0 to 1.")
    box = lesion.get("box")
    if not (
        isinstance(box, list) and len(box) == 4 and all(_number(side) and abs(side) <= FARTHEST_PX for side in box)
    ):
        raise ValidationError("box: Must be four numbers, in pixels.")
    if lesion.get("zone") is not None and not _among(lesion["zone"], ZONES):
        raise ValidationError(f"zone: Must be null or one of: {', '.join(ZONES)}.")
    if not isinstance(lesion.get("counted"), bool):
        raise ValidationError("counted: Must be true or false.")
    if "probabilities" in lesion:
        shares = lesion["probabilities"]
        if not (isinstance(shares, list) and len(shares) == len(TYPES) and all(map(_is_share, shares))):
            raise ValidationError(f"probabilities: Must be {len(TYPES)} numbers from 0 to 1.")


def _among(value: object, words: Collection[str]) -> bool:
    return isinstance(value, str) and value in words


def _is_share(value: object) -> bool:
    return _number(value) and 0 <= value <= 1


def _number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _equal(value: object, other: object) -> bool:
    """Return whether two values are the same in JSON, where 1 is not true."""
    return isinstance(value, bool) == isinstance(other, bool) and value == other


class _Warning(_Part):
    code = fields.String(required=True)
    message = fields.String(required=True)


class _Face(_Part):
    score = _share()
    box = fields.List(
        _Number(validate=validate.Range(-FARTHEST_PX, FARTHEST_PX)), required=True, validate=validate.Length(equal=4)
    )
    roll_degrees = _Number(required=True)
    turn = _Number(required=True)


class _Quality(_Part):
    ok = _Truth()
    kept = _share()
    skin_fraction = _share()
    brightness = _share()
    face = fields.Nested(_Face, allow_none=True)
    unavailable = fields.Nested(_Warning, allow_none=True)
    warnings = fields.List(fields.Nested(_Warning), required=True)
    notes = fields.List(fields.Nested(_Warning))


class _Photo(_Part):
    photo = fields.String(required=True)
    view = fields.String(required=True, validate=validate.OneOf(VIEWS))
    guided = _Truth()
    lesions = fields.List(
        fields.Raw(required=True, validate=_lesion), required=True, validate=validate.Length(max=5_000)
    )
    quality = fields.Nested(_Quality)


class _Model(_Part):
    id = fields.String(required=True, validate=validate.Length(1))
    version = fields.String(required=True, validate=validate.Length(1))
    sha256 = fields.String(required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z"))


def _each_once(names: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        raise ValidationError("Must name each count once.")


class AssessmentResult(_Part):
    """The assessment of one visit."""

    visit = _Only(True)
    unavailable = fields.Nested(_Warning, allow_none=True)
    findings = fields.List(fields.Nested(_Warning))
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
    grades = fields.Dict(required=True, validate=_grades)
    experimental = fields.List(fields.String(validate=validate.OneOf(COUNTED)), validate=_each_once)
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
