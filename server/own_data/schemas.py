"""The wire shape of what people do with all of their data."""

from marshmallow import Schema, fields


class ErasedShown(Schema):
    """What was erased, until when backups still hold rows of it, and what stays."""

    erased_at = fields.AwareDateTime(required=True)
    backups_until = fields.Date(
        required=True,
        metadata={"description": "The last day on which a backup holds your rows; photos are unreadable."},
    )
    stays = fields.List(fields.String(), required=True)
