"""A timeline as FHIR over the API."""

from flask import Response, jsonify

from server.fhir.bundle import timeline_bundle
from server.foundation import clock
from server.foundation.http.addresses import root_url
from server.foundation.http.api import Blueprint
from server.people.credentials.tokens import caller, token_required
from server.progress.progress import progress_of
from server.progress.reported import reported_of
from server.sharing.accesses.recording import record_read
from server.sharing.grants.access import require_access

blueprint = Blueprint("fhir", __name__, url_prefix="/v1/timelines", description="FHIR R4 export")

MEDIA_TYPE = "application/fhir+json"


@blueprint.get("/<timeline_id>/fhir")
@blueprint.response(200, content_type=MEDIA_TYPE, description="A FHIR R4 Bundle of type collection")
@token_required
def export(timeline_id: str) -> Response:
    """Return the timeline as a FHIR R4 bundle of preliminary, AI-asserted observations."""
    access = require_access(caller(), timeline_id)
    record_read(caller(), timeline_id, "FHIR export")
    progress, reported = progress_of(access.timeline), reported_of(timeline_id)
    bundle = timeline_bundle(progress, reported, access.photos, root_url(), clock.now())
    response = jsonify(bundle)
    response.content_type = MEDIA_TYPE
    response.headers["Cache-Control"] = "private, no-store"
    return response
