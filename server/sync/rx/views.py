"""RxDB's replication handlers over the API."""

from typing import Any

from flask import jsonify

from server.foundation.http.api import Blueprint
from server.foundation.http.bodies import long_body
from server.people.credentials.tokens import caller, current_device, token_required
from server.sharing.grants.access import require_access
from server.sync.as_caller import access_log_of
from server.sync.conditional import headers, unchanged
from server.sync.rx import as_caller, schemas

blueprint = Blueprint("rxdb", __name__, url_prefix="/v1/timelines", description="Replication with RxDB")


@blueprint.get("/<timeline_id>/rx/<table>/pull")
@token_required
@blueprint.arguments(schemas.DocumentsQuery, location="query")
@blueprint.response(200, schemas.PulledDocuments)
def pull_documents(query: dict[str, Any], timeline_id: str, table: str) -> Any:
    """Pull a table's documents since a checkpoint; 304 where the ETag says that nothing was written."""
    access = require_access(caller(), timeline_id)
    if (known := unchanged(caller(), access)) is not None:
        return known
    page = as_caller.pull_documents_as(caller(), access, table, **query)
    return page, headers(page.checkpoint, access_log_of(access))


@blueprint.post("/<timeline_id>/rx/<table>/push")
@token_required
@long_body
@blueprint.arguments(schemas.PushQuery, location="query")
@blueprint.arguments(schemas.WriteRow(many=True))
@blueprint.response(200, schemas.MasterState(many=True))
def push_documents(query: dict[str, Any], rows: list[Any], timeline_id: str, table: str) -> Any:
    """Push documents; each that is not taken comes back as the server has it."""
    return jsonify(as_caller.push_documents_from(current_device(), timeline_id, table, rows, **query))
