"""Photos over the API."""

from flask import Response, request

from server.foundation import db
from server.foundation.config import settings
from server.foundation.http.api import Blueprint
from server.foundation.http.bodies import body_type
from server.foundation.http.rate_limits import UPLOADS, limited
from server.people.credentials.tokens import caller, token_required
from server.photos import storing as services
from server.photos.digest import content_digest
from server.sharing.accesses.recording import record_read
from server.sharing.grants.access import require_access, require_storing
from server.timeline.media_types import MEDIA_TYPES, registered

blueprint = Blueprint("photos", __name__, url_prefix="/v1/timelines", description="The bytes of photos")


_PHOTO = {"schema": {"type": "string", "format": "binary"}}


@blueprint.put("/<timeline_id>/photos/<photo_id>")
@token_required
@limited(*UPLOADS)
@blueprint.doc(requestBody={"required": True, "content": dict.fromkeys(MEDIA_TYPES, _PHOTO)})
@blueprint.response(204)
def put_photo(timeline_id: str, photo_id: str) -> None:
    """Upload the bytes of a photo whose record was pushed; the same bytes again change nothing."""
    require_storing(caller(), timeline_id)
    media_type = body_type(MEDIA_TYPES, registered)
    db.release()  # The body may still be on its way.
    request.max_content_length = settings().photo_max_bytes
    digest = request.headers.get("Content-Digest")
    services.receive_photo(timeline_id, photo_id, request.get_data(cache=False), media_type, digest)


@blueprint.get("/<timeline_id>/photos/<photo_id>")
@token_required
@blueprint.response(200, content_type="image/*")
def get_photo(timeline_id: str, photo_id: str) -> Response:
    """Download a photo: as uploaded, without its metadata, its orientation kept."""
    access = require_access(caller(), timeline_id, scope="photos")
    data, media_type = services.open_photo(access.timeline.id, photo_id)
    record_read(caller(), timeline_id, "photo")
    headers = {"Content-Digest": content_digest(data), "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    return Response(data, mimetype=media_type, headers=headers)
