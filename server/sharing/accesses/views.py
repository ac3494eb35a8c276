"""The access log over the API."""

from typing import Any

from server.foundation.http.api import Blueprint
from server.people.credentials.tokens import caller, token_required
from server.sharing.accesses import recording as services
from server.sharing.accesses import schemas

blueprint = Blueprint("audit", __name__, url_prefix="/v1/timelines", description="Who read a timeline")


@blueprint.get("/<timeline_id>/accesses")
@token_required
@blueprint.arguments(schemas.ReadQuery, location="query")
@blueprint.response(200, schemas.Reads)
def list_accesses(query: dict[str, Any], timeline_id: str) -> services.Log:
    """List who else read the caller's timeline, with the chain that shows whether the log is whole."""
    return services.reads_of(caller(), timeline_id, **query)
