"""The wire shape of RxDB's pulls and pushes."""

from marshmallow import Schema, fields, validate

from server.sync.cursor import LARGEST
from server.sync.schemas import PushNumber, Ready, identified


class CheckpointQuery(Schema):
    """Where the client stands; nothing or 0 is the beginning."""

    checkpoint = fields.Integer(load_default=None, validate=validate.Range(0, LARGEST))


class PushQuery(CheckpointQuery, PushNumber):
    """Where the client stands, and which of its pushes this is."""


class DocumentsQuery(CheckpointQuery):
    """Which page; `limit` is RxDB's batch size."""

    limit = fields.Integer(load_default=100, validate=validate.Range(1, 10_000))


class PulledDocuments(Schema):
    """Documents and the checkpoint to send next; a deleted one is its id and `_deleted`."""

    documents = fields.List(Ready(), required=True)
    checkpoint = fields.Integer(required=True)
    has_more = fields.Boolean(required=True)


class WriteRow(Schema):
    """One document as it is to be, and as the client takes it to be on the server."""

    assumedMasterState = fields.Dict(load_default=None, allow_none=True)
    newDocumentState = fields.Dict(required=True, validate=identified)


class MasterState(Schema):
    """The server's state of a document that was not taken; a table's columns and `_deleted`."""

    id = fields.String(required=True)
    _deleted = fields.Boolean(required=True)
