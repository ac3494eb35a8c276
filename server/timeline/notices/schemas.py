"""The wire shape of notices about models."""

from marshmallow import fields

from server.timeline.schemas import RowSchema


class ModelNoticeSchema(RowSchema):
    """A notice as it is pulled."""

    kind = fields.String(required=True)
    recorded_at = fields.String(required=True)
    model_id = fields.String(required=True)
    model_version = fields.String(required=True)
    model_sha256 = fields.String(required=True, allow_none=True)
    replaced_version = fields.String(required=True, allow_none=True)
