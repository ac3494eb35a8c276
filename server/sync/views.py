"""Synchronisation over the API."""

from typing import Any

from server.foundation.http.api import Blueprint
from server.foundation.http.bodies import long_body
from server.people.credentials.tokens import caller, current_device, token_required
from server.sharing.grants.access import require_access
from server.sync import as_caller, schemas
from server.sync.conditional import headers, unchanged

blueprint = Blueprint("sync", __name__, url_prefix="/v1/timelines", description="Timelines and their changes")


@blueprint.get("")
@token_required
@blueprint.response(200, schemas.Timelines)
def list_timelines() -> dict[str, Any]:
    """List the timelines that the caller may see, each with its newest cursor."""
    return {"timelines": as_caller.timelines_of(caller())}


@blueprint.get("/<timeline_id>/sync")
@token_required
@blueprint.arguments(schemas.PullQuery, location="query")
@blueprint.response(200, schemas.PulledPage)
def pull_changes(query: dict[str, Any], timeline_id: str) -> Any:
    """Pull what changed since a cursor; 304 where the ETag says that nothing did."""
    access = require_access(caller(), timeline_id)
    if query["migration"] is None and (known := unchanged(caller(), access)) is not None:
        return known
    page = as_caller.pull_as(caller(), access, **query)
    return page, headers(page.timestamp, page.access_log)


@blueprint.post("/<timeline_id>/sync")
@token_required
@long_body
@blueprint.arguments(schemas.PushQuery, location="query")
@blueprint.arguments(schemas.Changes)
@blueprint.response(200, schemas.Verdicts)
def push_changes(query: dict[str, Any], changes: dict[str, Any], timeline_id: str) -> dict[str, Any]:
    """Push changes; each record that is not taken comes back with the reason and the server's own row."""
    return as_caller.push_from(current_device(), timeline_id, changes, **query)
