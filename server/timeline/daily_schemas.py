"""The wire shape of what a patient notes between visits."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate, validates_schema

from server.timeline.daily_life import MILD, ONLY_PROFILE, SEVERE, SEXES, SKIN_TYPES, WORST
from server.timeline.identifiers import IDENTIFIER
from server.timeline.schemas import NAME, NOTE, RowSchema, in_order, instant, truth

CLOCK_TIME = validate.Regexp(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z", error="Must be HH:MM, as 07:30.")
WEEKDAYS = validate.Regexp(r"(?=.)1?2?3?4?5?6?7?\Z", error="Must be ISO weekdays in order, Monday is 1, as 135.")
THE_PROFILE = validate.Equal(ONLY_PROFILE, error="Must be {other}: a timeline has one profile.")


def _scale(lowest: int, highest: int) -> fields.Integer:
    return fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(lowest, highest))


class CheckInSchema(RowSchema):
    """How the skin feels at one moment."""

    recorded_at = instant()
    itch = _scale(0, WORST)
    pain = _scale(0, WORST)
    oiliness = _scale(0, WORST)
    stress = _scale(0, WORST)
    mood = _scale(0, WORST)
    dryness = _scale(0, WORST)
    bother = _scale(0, WORST)
    note = fields.String(load_default=None, allow_none=True, validate=NOTE)
    amends = fields.String(load_default=None, allow_none=True, validate=IDENTIFIER)


class IntakeSchema(RowSchema):
    """One dose of a course, taken or skipped."""

    course_id = fields.String(required=True, validate=IDENTIFIER)
    recorded_at = instant()
    taken = truth()
    amount = fields.String(load_default=None, allow_none=True, validate=NAME)
    amends = fields.String(load_default=None, allow_none=True, validate=IDENTIFIER)


class SideEffectSchema(RowSchema):
    """Something that came with a treatment."""

    what = fields.String(required=True, validate=NAME)
    severity = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(MILD, SEVERE),
        metadata={"description": "1 noticed, 2 in the way of daily life, 3 daily life is not possible with it."},
    )
    course_id = fields.String(load_default=None, allow_none=True, validate=IDENTIFIER)
    started_on = fields.Date(required=True)
    ended_on = fields.Date(
        load_default=None, allow_none=True, metadata={"description": "Not before started_on; null while it goes on."}
    )
    note = fields.String(load_default=None, allow_none=True, validate=NOTE)

    @validates_schema
    def fit_together(self, data: Mapping[str, Any], **_: object) -> None:
        """Refuse one that ends before it starts."""
        in_order(data, "started_on", "ended_on")


class ReminderSchema(RowSchema):
    """When a phone reminds its owner."""

    title = fields.String(required=True, validate=NAME)
    course_id = fields.String(load_default=None, allow_none=True, validate=IDENTIFIER)
    time_of_day = fields.String(
        required=True, validate=CLOCK_TIME, metadata={"description": "On the phone's own clock.", "examples": ["07:30"]}
    )
    weekdays = fields.String(
        required=True,
        validate=WEEKDAYS,
        metadata={"description": "ISO weekdays in order, Monday is 1.", "examples": ["135"]},
    )
    active = truth()


class ProfileSchema(RowSchema):
    """What the patient says of themselves."""

    id = fields.String(required=True, validate=THE_PROFILE)
    skin_type = _scale(1, SKIN_TYPES)
    sex = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(SEXES))
