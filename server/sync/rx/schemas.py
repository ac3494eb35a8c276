"""The wire shape of RxDB's pulls and pushes."""

from marshmallow import Schema, fields, validate

from server.sync.cursor import LARGEST
from server.sync.schemas import PushNumber, Ready, identified


class CheckpointQuery(Schema):
    """Where the client stands; nothing or 0 is the beginning."""

    checkpoint = fields.Integer(load_default=None, validate=validate.Range(0, LARGEST))


class PushQuery(CheckpointQuery, PushNumber):
    """Where the client stands, which of its pushes this is, and whether it wants to know why some is not taken."""

    why = fields.Boolean(load_default=False)


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


class Reason(Schema):
    """Why a document was not taken."""

    code = fields.String(required=True)
    detail = fields.String(required=True)


class MasterState(Schema):
    """The server's state of a document that was not taken; its columns, `_deleted` and, if asked for, why."""

    id = fields.String(required=True)
    _deleted = fields.Boolean(required=True)
    _refused = fields.Nested(Reason)
