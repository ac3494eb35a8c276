"""What leaves the pages: a report for the printer and the FHIR bundle as a file."""

from flask import Blueprint, Response, jsonify, render_template, request

from server.fhir.bundle import timeline_bundle
from server.fhir.views import MEDIA_TYPE
from server.foundation import clock
from server.foundation.http.addresses import root_url
from server.pages.browser_session import page_login_required
from server.pages.progress import progress_values
from server.pages.reader import opened
from server.progress.progress import progress_of
from server.progress.reported import reported_of

blueprint = Blueprint("reports", __name__)


@blueprint.get("/timelines/<timeline_id>/report")
@page_login_required
def show(timeline_id: str) -> str:
    """Show the report of a progress, laid out for A4."""
    access = opened(timeline_id, "report")
    progress = progress_of(access.timeline, request.args.get("baseline") or None)
    return render_template("report.html", **progress_values(progress, access), today=clock.now())


@blueprint.get("/timelines/<timeline_id>/fhir.json")
@page_login_required
def fhir(timeline_id: str) -> Response:
    """Return the timeline as a FHIR bundle, to be saved."""
    access = opened(timeline_id, "FHIR export")
    progress, reported = progress_of(access.timeline), reported_of(timeline_id)
    bundle = timeline_bundle(progress, reported, access.photos, root_url(), clock.now())
    response = jsonify(bundle)
    response.content_type = MEDIA_TYPE
    file_name = f"acnetrack-{clock.now():%Y-%m-%d}.fhir.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response
