"""The wire shape of RxDB's pulls and pushes."""

from typing import Any

from marshmallow import INCLUDE, Schema, ValidationError, fields, pre_load, validate

from server.foundation.http.api import OfRecords
from server.sync.cursor import LARGEST
from server.sync.schemas import PushNumber, Ready


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


class WriteRow(OfRecords):
    """One document as it is to be, and as the client takes it to be on the server.

    Each is judged by itself: what is none is refused, and the rest is taken.
    """

    class Meta:  # noqa: D106 – marshmallow's
        unknown = INCLUDE

    assumedMasterState = fields.Raw(allow_none=True, metadata={"description": "A document, or null before the first."})
    newDocumentState = fields.Raw(allow_none=True, metadata={"description": "A document; what is left out stays."})

    @pre_load(pass_collection=True)
    def rows(self, data: Any, **_: object) -> Any:
        """Read what is no row as one without a document."""
        if not isinstance(data, list):
            raise ValidationError("Must be a list of rows.")
        return [row if isinstance(row, dict) else {} for row in data]


class Reason(Schema):
    """Why a document was not taken."""

    code = fields.String(required=True)
    detail = fields.String(required=True)


class MasterState(Schema):
    """The server's state of a document that was not taken; its columns, `_deleted` and, if asked for, why."""

    class Meta:  # noqa: D106 – marshmallow's
        unknown = INCLUDE

    id = fields.String(required=True, allow_none=True, metadata={"description": "Null for what came without one."})
    _deleted = fields.Boolean(required=True)
    _refused = fields.Nested(Reason)
