"""What is kept for photos and nobody needs: found, and removed while the server runs.

An object is needed while the record of a photo, or an upload that may go on, names it. One that was just put, and
whose row is about to be written, is told by its age from what a crash left behind.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby, islice
from operator import itemgetter

from sqlalchemy import and_, select

from server.foundation import clock, db
from server.photos.models import StoredPhoto, Upload, UploadPart
from server.photos.object_keys import of_photo
from server.photos.sealed import remove_objects
from server.photos.store import StoredObject, store
from server.photos.storing import discard
from server.photos.tus import uploads
from server.timeline.models import Photo

GRACE = timedelta(days=1)
"""Far longer than from putting an object to committing its row, and than any store's clock is wrong."""

OBJECTS_AT_ONCE = 500


@dataclass
class Untidy:
    """How much there is that nobody needs."""

    uploads: int = 0
    """That did not go on in time."""
    deleted: int = 0
    """Photos whose records were deleted, and whose bytes were not yet removed."""
    objects: int = 0
    """That no row names, from `GRACE` ago."""
    object_bytes: int = 0


def tidy(remove: bool) -> Untidy:
    """Count what nobody needs and, where `remove`, remove it.

    Raises:
        PhotoStoreAway, OSError: the store cannot be read; what was counted so far is removed.
    """
    untidy = Untidy()
    for timeline_id, upload_id in _expired():
        untidy.uploads += 1
        if remove:
            uploads.remove(timeline_id, upload_id)
    for timeline_id, photo_ids in _deleted():
        untidy.deleted += len(photo_ids)
        if remove:
            discard(timeline_id, photo_ids)
    for orphan in _orphans():
        untidy.objects += 1
        untidy.object_bytes += orphan.size_bytes
        if remove:
            remove_objects([orphan.key])
    return untidy


def _expired() -> list[tuple[str, str]]:
    expired = select(Upload.timeline_id, Upload.id).where(Upload.expires_at <= clock.now())
    return [(timeline_id, upload_id) for timeline_id, upload_id in db.session().execute(expired)]


def _deleted() -> list[tuple[str, list[str]]]:
    of_record = and_(StoredPhoto.timeline_id == Photo.timeline_id, StoredPhoto.photo_id == Photo.id)
    rows = select(StoredPhoto.timeline_id, StoredPhoto.photo_id).join(Photo, of_record).where(Photo.deleted)
    rows_found = [tuple(row) for row in db.session().execute(rows.order_by(StoredPhoto.timeline_id))]
    return [(of, [photo_id for _, photo_id in some]) for of, some in groupby(rows_found, itemgetter(0))]


def _orphans() -> Iterator[StoredObject]:
    """Yield old objects that no row names; the rows are read after the object was seen, never before."""
    listed = (each for each in store().objects() if each.written_at <= clock.now() - GRACE)
    while some := list(islice(listed, OBJECTS_AT_ONCE)):
        db.release()
        keys = {of_photo(each.key) for each in some}
        needed = {
            key
            for table in (StoredPhoto, UploadPart)
            for key in db.session().scalars(select(table.object_key).where(table.object_key.in_(keys)))
        }
        yield from (each for each in some if of_photo(each.key) not in needed)
