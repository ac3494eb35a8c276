"""A photo's bytes, for the pages of whoever may see it."""

from flask import Blueprint, Response, request

from server.pages.browser_session import page_login_required
from server.pages.reader import reader
from server.photos.smaller import open_smaller
from server.photos.storing import open_photo
from server.sharing.accesses.recording import record_read
from server.sharing.grants.access import require_access

blueprint = Blueprint("photo", __name__)


@blueprint.get("/timelines/<timeline_id>/photos/<photo_id>")
@page_login_required
def show(timeline_id: str, photo_id: str) -> Response:
    """Return the photo as stored, or `?width=` pixels wide.

    It is kept by this browser only, and asked for anew so that a revocation holds.
    """
    require_access(reader(), timeline_id, "photos")
    width = request.args.get("width")
    data, media_type = (
        open_photo(timeline_id, photo_id) if width is None else open_smaller(timeline_id, photo_id, width)
    )
    record_read(reader(), timeline_id, "photo")
    response = Response(data, mimetype=media_type)
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie"
    response.make_conditional(request)
    return response
