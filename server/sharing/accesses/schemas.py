"""The wire shape of the access log."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

LARGEST = 2**31 - 1


class Reader(Schema):
    """Who read."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    role = fields.String(required=True)


class Entry(Schema):
    """One reading and its place in the chain; who, what and when are null once they were erased."""

    n = fields.Integer(required=True)
    id = fields.String(required=True, attribute="entry_id")
    hash = fields.String(required=True)
    at = fields.AwareDateTime(required=True, allow_none=True)
    what = fields.String(required=True, allow_none=True)
    user = fields.Nested(Reader, required=True, allow_none=True)


class LogHead(Schema):
    """How long a log is and the hash of its last entry: what a phone keeps to notice a log that was cut."""

    count = fields.Integer(required=True)
    head = fields.String(required=True, attribute="hash")


class Reads(Schema):
    """Entries of the log, and the head of all of it."""

    accesses = fields.List(fields.Nested(Entry), required=True)
    access_log = fields.Nested(LogHead, required=True)


class ReadQuery(Schema):
    """Which entries: the newest `limit` (below `before`), newest first, or those above `after`, oldest first."""

    before = fields.Integer(load_default=None, validate=validate.Range(1, LARGEST))
    after = fields.Integer(load_default=None, validate=validate.Range(0, LARGEST))
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 1000))

    @validates_schema
    def one_way(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse both ways at once."""
        if data["before"] is not None and data["after"] is not None:
            raise ValidationError("Give either 'before' or 'after'.")
