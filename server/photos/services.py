"""Taking, giving and discarding the bytes of photos whose records are in a timeline.

A record's `sha256` is that of the bytes as uploaded, so that a repeated upload is known for the same. What is
stored is those bytes without their metadata: another file, the same coded image.
"""

import hashlib
from collections.abc import Iterable

from server import db
from server.errors import Problem
from server.photos.digest import check_digest
from server.photos.inspection import MediaTypeMismatch, keep
from server.photos.store import store
from server.timeline.lock import locked
from server.timeline.models import Photo


class PhotoUnknown(Problem):
    """The timeline has no record of such a photo."""

    status = 404
    code = "photo_unknown"
    detail = "This timeline has no such photo; push its record first."


class PhotoNotUploaded(Problem):
    """The record is there, the bytes are not."""

    status = 404
    code = "photo_not_uploaded"
    detail = "The bytes of this photo have not been uploaded."


class PhotoGone(Problem):
    """The photo was deleted."""

    status = 410
    code = "gone"
    detail = "This photo was deleted and stays so."


class PhotoDiffers(Problem):
    """The record of this id is of another photo."""

    status = 409
    code = "photo_differs"
    detail = "The record of this photo names another sha256; push a new record for another photo."


class SizeDiffers(Problem):
    """The record gives another size."""

    status = 409
    code = "photo_size_differs"


def receive_photo(
    timeline_id: str, photo_id: str, data: bytes, media_type: str, content_digest: str | None = None
) -> None:
    """Store the bytes of a photo whose record is in the timeline; the same bytes again change nothing.

    Raises:
        PhotoUnknown, PhotoGone: there is no record, or no longer.
        DigestMismatch: `content_digest`, the header, is of other bytes.
        PhotoDiffers, SizeDiffers, MediaTypeMismatch, PhotoRefused: the record or the server does not want it.
    """
    photo = _record(timeline_id, photo_id)
    check_digest(data, content_digest)
    if hashlib.sha256(data).hexdigest() != photo.sha256:
        raise PhotoDiffers
    if media_type != photo.media_type:
        raise MediaTypeMismatch
    if photo.uploaded:
        return
    kept = keep(data, media_type)
    if (kept.width_px, kept.height_px) != (photo.width_px, photo.height_px):
        raise SizeDiffers(
            f"The upright photo is {kept.width_px} × {kept.height_px} pixels, its record says"
            f" {photo.width_px} × {photo.height_px}; push a new record with the right size."
        )
    with db.write(under_lock=True):
        timeline = locked(timeline_id)
        photo = _record(timeline_id, photo_id)
        store().put(_key(timeline_id, photo_id), kept.data)
        photo.uploaded, photo.rev, photo.device_id = True, timeline.next_rev(), None


def open_photo(timeline_id: str, photo_id: str) -> tuple[bytes, str]:
    """Return a photo's bytes, without metadata except its orientation, and their media type.

    Raises:
        PhotoUnknown, PhotoGone, PhotoNotUploaded: there is nothing to return.
    """
    photo = _record(timeline_id, photo_id)
    if not photo.uploaded:
        raise PhotoNotUploaded
    return store().get(_key(timeline_id, photo_id)), photo.media_type


def discard(timeline_id: str, photo_ids: Iterable[str]) -> None:
    """Remove the bytes of photos whose records were deleted."""
    for photo_id in photo_ids:
        store().delete(_key(timeline_id, photo_id))


def _record(timeline_id: str, photo_id: str) -> Photo:
    photo = db.session().get(Photo, (timeline_id, photo_id))
    if photo is None:
        raise PhotoUnknown
    if photo.deleted:
        raise PhotoGone
    return photo


def _key(timeline_id: str, photo_id: str) -> str:
    """Return where the bytes are kept: not by the client's id, which some file systems take for another's."""
    return f"{timeline_id}/{hashlib.sha256(photo_id.encode()).hexdigest()}"
