"""The phone bundles over the API."""

from typing import Any

from flask import Response, request, send_file

from server.delivery import handing_out as services
from server.delivery.schemas import ManifestQuery
from server.foundation.http.api import Blueprint
from server.people.credentials.tokens import caller, token_required

blueprint = Blueprint("models", __name__, url_prefix="/v1/models", description="The models that phones run")

IMMUTABLE = "private, max-age=31536000, immutable"


@blueprint.get("/<line>/manifest")
@token_required
@blueprint.arguments(ManifestQuery, location="query")
@blueprint.response(200, description="The manifest, as its manifest.schema.json describes it")
@blueprint.alt_response(304, description="The phone has it: If-None-Match names its ETag")
@blueprint.alt_response(404, description="model_unknown; model_none_fits: keep what is held, unless withdrawn")
@blueprint.alt_response(410, description="model_blocked: what is held was withdrawn; `go_back_to` names a version")
def get_manifest(query: dict[str, Any], line: str) -> Response:
    """Download the manifest of the newest bundle that is out for the caller and that their app can run."""
    file = services.manifest_for(caller(), line, **query)
    return _sent(file, "application/json", "private, no-cache")


@blueprint.get("/<line>/<version>/files/<path:name>")
@token_required
@blueprint.response(200, content_type="application/octet-stream")
@blueprint.alt_response(206, description="The part that Range asks for, if If-Range still names the file's ETag")
@blueprint.alt_response(410, description="model_blocked: this version was withdrawn")
@blueprint.alt_response(416, description="The file is shorter than that")
def get_file(line: str, version: str, name: str) -> Response:
    """Download a file of a version, whole or by one range; its ETag is its SHA-256 and it never changes."""
    return _sent(services.file_of(line, version, name), "application/octet-stream", IMMUTABLE)


def _sent(file: services.DeliveredFile, mimetype: str, caching: str) -> Response:
    if request.range is None or request.range.units != "bytes" or len(request.range.ranges) != 1:
        request.environ.pop("HTTP_RANGE", None)  # RFC 9110, 14.2: ignored, where werkzeug would refuse it.
    response = send_file(file.path, mimetype, conditional=True, etag=file.sha256)
    response.headers["Cache-Control"] = caching
    return response
