"""The wire shape of clinicians' notes."""

from marshmallow import Schema, fields, validate

from server.timeline.identifiers import IDENTIFIER
from server.timeline.schemas import RowSchema

LONGEST = 10_000
TEXT = (validate.Length(1, LONGEST), validate.Regexp(r"(?s).*\S", error="Must not be blank."))


class ClinicianNoteSchema(RowSchema):
    """A note as it is pulled."""

    author_id = fields.String(required=True)
    author = fields.String(required=True)
    recorded_at = fields.String(required=True)
    text = fields.String(required=True)
    amends = fields.String(required=True, allow_none=True)


class NewNote(Schema):
    """A note to write; with an `id` of the client's own, sending it again after a lost answer changes nothing."""

    id = fields.String(load_default=None, validate=IDENTIFIER)
    text = fields.String(required=True, validate=TEXT)
    amends = fields.String(load_default=None, allow_none=True, validate=IDENTIFIER)
