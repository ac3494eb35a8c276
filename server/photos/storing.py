"""Taking, giving and discarding the bytes of photos whose records are in a timeline.

A record's `sha256` is that of the bytes as uploaded, so that a repeated upload is known for the same. What is
stored is those bytes without their metadata, encrypted: another file, the same coded image.
"""

from collections.abc import Iterable

from server.foundation import db
from server.foundation.http.errors import Problem
from server.photos.digest import check_digest
from server.photos.models import StoredPhoto
from server.photos.object_keys import with_smaller
from server.photos.problems import PhotoNotUploaded
from server.photos.receiving import file, put_into_store, record_of, unfile
from server.photos.sealed import get_sealed, remove_objects
from server.photos.store import store


def receive_photo(
    timeline_id: str, photo_id: str, data: bytes, media_type: str, content_digest: str | None = None
) -> None:
    """Store the bytes of a photo whose record is in the timeline; the same bytes again change nothing.

    Raises:
        PhotoUnknown, PhotoGone: there is no record, or no longer.
        DigestMismatch: `content_digest`, the header, is of other bytes.
        PhotoDiffers, SizeDiffers, MediaTypeMismatch, PhotoRefused: the record or the server does not want it.
    """
    record_of(timeline_id, photo_id)
    check_digest(data, content_digest)
    if (unfiled := put_into_store(timeline_id, photo_id, data, media_type)) is not None:
        try:
            file(unfiled)
        except Problem:
            remove_objects([unfiled.object_key])
            raise


def open_photo(timeline_id: str, photo_id: str) -> tuple[bytes, str]:
    """Return a photo's bytes, without metadata except its orientation, and their media type.

    Raises:
        PhotoUnknown, PhotoGone, PhotoNotUploaded: there is nothing to return.
        KeyLost, KeyDamaged, WrongMasterKey, Tampered: it cannot be decrypted.
    """
    photo = record_of(timeline_id, photo_id)
    stored = db.session().get(StoredPhoto, (timeline_id, photo_id))
    if not photo.uploaded or stored is None:
        raise PhotoNotUploaded
    db.release()
    try:
        return get_sealed(timeline_id, stored.object_key), photo.media_type
    except FileNotFoundError:
        record_of(timeline_id, photo_id)  # It may have been deleted meanwhile.
        raise


def discard(timeline_id: str, photo_ids: Iterable[str]) -> None:
    """Remove the bytes of photos whose records were deleted, after the commit that deleted them.

    Bytes that another photo of the timeline shares stay. Where the store fails, `tidying` removes them later.
    """
    remove_objects(with_smaller(unfile(timeline_id, photo_ids)))


def discard_timeline(timeline_id: str) -> None:
    """Remove everything that is kept of a timeline, as when it is erased; its rows are not touched."""
    remove_objects(stored.key for stored in store().objects(timeline_id))
