"""The wire shape of the access log."""

from marshmallow import Schema, fields, validate


class Reader(Schema):
    """Who read."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    role = fields.String(required=True)


class ReadShown(Schema):
    """One reading."""

    at = fields.AwareDateTime(required=True)
    what = fields.String(required=True)
    user = fields.Nested(Reader, required=True)


class Reads(Schema):
    """Readings, newest first."""

    accesses = fields.List(fields.Nested(ReadShown), required=True)


class ReadQuery(Schema):
    """Which readings: the newest `limit` before an instant."""

    before = fields.AwareDateTime(load_default=None)
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 1000))
