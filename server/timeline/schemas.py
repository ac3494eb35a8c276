"""The wire shape of a timeline's rows: flat columns, because client libraries drop nested objects.

Loading gives the values of the columns; an unknown column is an error. What a client leaves out is as it is on the
server, so rows are loaded partially; of a row that the server does not have, `load_default` is what it starts from.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from mobile_models.zones import VIEWS
from server.timeline.assessment_schema import LONGEST, validate_result
from server.timeline.dates import plain_offset
from server.timeline.identifiers import IDENTIFIER
from server.timeline.media_types import MEDIA_TYPES, registered
from server.timeline.models import COURSE_KINDS, MOST_FRAMES, STOP_REASONS

SHA256 = validate.Regexp(r"[0-9a-f]{64}\Z", error="Must be a SHA-256 in 64 lower-case hexadecimal digits.")
NAME = validate.Length(1, 200)
NOTE = validate.Length(max=10_000)
SIDE_PX = validate.Range(1, 100_000)
LONGEST_INSTANT = 40


def check_instant(text: str) -> None:
    """Refuse what is no moment. Raises ValidationError."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or len(text) > LONGEST_INSTANT:
        raise ValidationError("Must be ISO 8601 with a UTC offset, as 2026-03-01T08:30:00+01:00.")
    if not plain_offset(instant):
        raise ValidationError("Its UTC offset must be whole minutes, from -14:00 to +14:00.")


def instant() -> fields.String:
    """Return a required field that is a moment, with the offset that the client's clock had."""
    described = {
        "description": "ISO 8601 with a UTC offset: the moment as the patient's own clock showed it.",
        "format": "date-time",
        "pattern": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z",
        "maxLength": LONGEST_INSTANT,
        "examples": ["2026-03-01T08:30:00+01:00"],
    }
    return fields.String(required=True, validate=check_instant, metadata=described)


def perhaps(description: str) -> fields.Boolean:
    """Return a field that is true, false or, where nobody said, null."""
    return fields.Boolean(
        load_default=None, allow_none=True, truthy={True}, falsy={False}, metadata={"description": description}
    )


def truth() -> fields.Boolean:
    """Return a required field that is true or false, not a text that says so."""
    return fields.Boolean(required=True, truthy={True}, falsy={False})


def in_order(data: Mapping[str, Any], first: str, last: str) -> None:
    """Refuse a last day before the first; one that is not in `data` is before none. Raises ValidationError."""
    started, ended = data.get(first), data.get(last)
    if started is not None and ended is not None and ended < started:
        raise ValidationError(f"Must not be before {first}.", last)


class RowSchema(Schema):
    """What every row has."""

    id = fields.String(required=True, validate=IDENTIFIER)

    def fit_together(self, data: Mapping[str, Any], **_: object) -> None:
        """Refuse columns that contradict one another; those that are not in `data` do not. Raises ValidationError."""


class VisitSchema(RowSchema):
    """A capture session."""

    recorded_at = instant()
    guided = truth()
    frames = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(1, MOST_FRAMES),
        metadata={"description": "Re-posed frames taken of each view; one where it is null."},
    )
    note = fields.String(load_default=None, allow_none=True, validate=NOTE)
    amends = fields.String(load_default=None, allow_none=True, validate=IDENTIFIER)


class _MediaType(fields.String):
    """A media type, whose registered name is kept."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        return registered(str(super()._deserialize(value, attr, data, **kwargs)))


class PhotoSchema(RowSchema):
    """A photo's record; its bytes travel apart. `uploaded` is the server's to say."""

    visit_id = fields.String(required=True, validate=IDENTIFIER)
    view = fields.String(required=True, validate=validate.OneOf(VIEWS))
    media_type = _MediaType(required=True, validate=validate.OneOf(MEDIA_TYPES))
    sha256 = fields.String(required=True, validate=SHA256)
    width_px = fields.Integer(required=True, strict=True, validate=SIDE_PX)
    height_px = fields.Integer(required=True, strict=True, validate=SIDE_PX)
    uploaded = fields.Boolean(load_default=False, allow_none=True, truthy={True}, falsy={False})
    kept_anyway = perhaps("Kept although the phone could not judge it: its visit is never counted or compared.")
    amends = fields.String(load_default=None, allow_none=True, validate=IDENTIFIER)


class _Share(fields.Float):
    """A number from 0 to 1, not a text that says so."""

    def _validated(self, value: Any) -> float:
        if isinstance(value, str):
            raise self.make_error("invalid", input=value)
        return float(super()._validated(value))


def _share(description: str) -> fields.Float:
    return _Share(required=True, validate=validate.Range(0, 1), metadata={"description": description})


class SpotSchema(RowSchema):
    """A place on a photo that the patient follows because it is, as far as they can tell, no pimple."""

    visit_id = fields.String(required=True, validate=IDENTIFIER)
    photo_id = fields.String(required=True, validate=IDENTIFIER)
    x = _share("From the left edge of the upright photo, 0, to its right, 1.")
    y = _share("From the upper edge of the upright photo, 0, to its lower, 1.")
    still_there = perhaps("Whether it was still there when the patient last looked; null where they have not said.")
    note = fields.String(load_default=None, allow_none=True, validate=NOTE)


class AssessmentSchema(RowSchema):
    """What one model said of one visit."""

    visit_id = fields.String(required=True, validate=IDENTIFIER)
    recorded_at = instant()
    model_id = fields.String(required=True, validate=NAME)
    model_version = fields.String(required=True, validate=NAME)
    model_sha256 = fields.String(required=True, validate=SHA256)
    result = fields.String(
        required=True,
        validate=validate_result,
        metadata={
            "description": "The assessment as JSON text; its own schema is at /v1/schemas/assessment.json.",
            "maxLength": LONGEST,
            "externalDocs": {"url": "/v1/schemas/assessment.json"},
        },
    )
    amends = fields.String(load_default=None, allow_none=True, validate=IDENTIFIER)


class TreatmentCourseSchema(RowSchema):
    """One treatment from start to stop."""

    name = fields.String(required=True, validate=NAME)
    kind = fields.String(required=True, validate=validate.OneOf(COURSE_KINDS))
    dose = fields.String(load_default=None, allow_none=True, validate=NAME)
    started_on = fields.Date(required=True)
    stopped_on = fields.Date(
        load_default=None, allow_none=True, metadata={"description": "Not before started_on; null while it goes on."}
    )
    stop_reason = fields.String(
        load_default=None,
        allow_none=True,
        validate=NAME,
        metadata={
            "description": "Why it stopped: one of the examples, which apps say in their reader's language, or words.",
            "examples": list(STOP_REASONS),
        },
    )
    note = fields.String(load_default=None, allow_none=True, validate=NOTE)

    @validates_schema
    def fit_together(self, data: Mapping[str, Any], **_: object) -> None:
        """Refuse a course that stops before it starts."""
        in_order(data, "started_on", "stopped_on")
