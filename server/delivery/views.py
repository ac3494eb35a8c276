"""The phone bundle over the API: no sign-in, because it is the same for everybody."""

from flask import Response, send_file

from server.api import Blueprint
from server.config import settings
from server.delivery import services
from server.delivery.services import ReleasedFile

blueprint = Blueprint("models", __name__, url_prefix="/v1/models", description="The models that phones run")


@blueprint.get("/<line>/manifest")
@blueprint.response(200)
def get_manifest(line: str) -> Response:
    """Download the manifest of the newest bundle; its ETag changes with it."""
    return _sent(services.manifest_of(settings().models_dir, line), "application/json")


@blueprint.get("/<line>/files/<path:name>")
@blueprint.response(200, content_type="application/octet-stream")
def get_file(line: str, name: str) -> Response:
    """Download a file of the bundle, whole or by ranges."""
    return _sent(services.file_of(settings().models_dir, line, name), "application/octet-stream")


def _sent(file: ReleasedFile, mimetype: str) -> Response:
    return send_file(file.path, mimetype, conditional=True, etag=file.sha256, max_age=0)
