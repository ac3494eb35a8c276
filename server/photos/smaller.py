"""Photos no larger than they are shown: made from the stored one when they are first asked for, and kept beside it.

A smaller photo is sealed like the one that it is made from, under that one's key with the width behind it: it goes when
that one goes, and is made again wherever it is missing, as after a restore.
"""

import io

from PIL import Image

from server.foundation import db
from server.foundation.http.errors import Problem
from server.photos.inspection import photo_in
from server.photos.models import StoredPhoto
from server.photos.object_keys import WIDTHS_PX, smaller_key
from server.photos.problems import PhotoNotUploaded
from server.photos.receiving import record_of
from server.photos.sealed import get_sealed, put_sealed_as
from server.photos.storing import open_photo

QUALITY = 85
MEDIA_TYPE = "image/jpeg"


class WidthUnknown(Problem):
    """The photo is not made in this width."""

    status = 404
    code = "width_unknown"
    detail = f"A photo is shown as stored, or {', '.join(map(str, WIDTHS_PX))} pixels wide."


def open_smaller(timeline_id: str, photo_id: str, width: str) -> tuple[bytes, str]:
    """Return a photo at most `width` pixels wide, upright and in sRGB, and its media type; a narrower one as stored.

    Raises:
        WidthUnknown: it is none of `WIDTHS_PX`; else as `open_photo`.
    """
    if width not in map(str, WIDTHS_PX):
        raise WidthUnknown
    width_px = int(width)
    photo = record_of(timeline_id, photo_id)
    stored = db.session().get(StoredPhoto, (timeline_id, photo_id))
    if not photo.uploaded or stored is None:
        raise PhotoNotUploaded
    if photo.width_px <= width_px:
        return open_photo(timeline_id, photo_id)
    object_key = smaller_key(stored.object_key, width_px)
    db.release()
    try:
        return get_sealed(timeline_id, object_key), MEDIA_TYPE
    except FileNotFoundError:
        data = _made(open_photo(timeline_id, photo_id)[0], width_px)
        put_sealed_as(object_key, timeline_id, data)
        return data, MEDIA_TYPE


def _made(data: bytes, width_px: int) -> bytes:
    pixels = photo_in(data).pixels
    pixels.thumbnail((width_px, 16 * width_px), Image.Resampling.LANCZOS, reducing_gap=3.0)
    file = io.BytesIO()
    pixels.save(file, "JPEG", quality=QUALITY, optimize=True)
    return file.getvalue()
