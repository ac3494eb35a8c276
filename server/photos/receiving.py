"""A photo on its way into a timeline: checked and put into the store first, then made its record's.

Bytes are put under a key of their own before anything is written to the database, so that no lock is held
meanwhile; what a crash leaves between the two is an object that no record names, and `tidying` removes it.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, delete, select

from server.foundation import db
from server.photos.inspection import MediaTypeMismatch, inspect_photo
from server.photos.mistaken import refuse_mistaken
from server.photos.models import StoredPhoto
from server.photos.problems import PhotoDiffers, PhotoGone, PhotoUnknown, SizeDiffers
from server.photos.sealed import content_hmac, put_sealed, remove_objects
from server.sharing.grants.access import locked_for_storing
from server.timeline.identifiers import is_identifier
from server.timeline.lock import locked
from server.timeline.models import Photo

IDS_AT_ONCE = 500


@dataclass(frozen=True)
class Unfiled:
    """A photo that is in the store and not yet its record's."""

    timeline_id: str
    photo_id: str
    object_key: str
    content_hmac: str


def record_of(timeline_id: str, photo_id: str) -> Photo:
    """Return a photo's record as it is now. Raises PhotoUnknown, PhotoGone where there is none, or no longer."""
    photo = None
    if is_identifier(photo_id):
        photo = db.session().get(Photo, (timeline_id, photo_id), populate_existing=True)
    if photo is None:
        raise PhotoUnknown
    if photo.deleted:
        raise PhotoGone
    return photo


def put_into_store(timeline_id: str, photo_id: str, data: bytes, media_type: str) -> Unfiled | None:
    """Put a photo into the store without its metadata, or return None where it is stored already.

    Raises:
        PhotoUnknown, PhotoGone: there is no record, or no longer.
        PhotoDiffers, SizeDiffers, MediaTypeMismatch, PhotoRefused: the record or the server does not want it.
    """
    photo = record_of(timeline_id, photo_id)
    db.release()
    if hashlib.sha256(data).hexdigest() != photo.sha256:
        refuse_mistaken(data)
        raise PhotoDiffers
    if media_type != photo.media_type:
        raise MediaTypeMismatch
    if photo.uploaded:
        return None
    inspected = inspect_photo(data, media_type)
    if (inspected.width_px, inspected.height_px) != (photo.width_px, photo.height_px):
        raise SizeDiffers(
            f"The upright photo is {inspected.width_px} × {inspected.height_px} pixels, its record says"
            f" {photo.width_px} × {photo.height_px}; push a new record with the right size."
        )
    return Unfiled(
        timeline_id, photo_id, put_sealed(timeline_id, inspected.data), content_hmac(timeline_id, inspected.data)
    )


def file(unfiled: Unfiled) -> None:
    """Make the photo its record's; an equal one of this timeline is kept in its stead, so that there is one.

    Raises:
        PhotoGone: the record was deleted meanwhile.
        Unauthenticated, ConsentRequired: the right to store ended meanwhile.
    """
    needed = None
    with db.write(under_lock=True) as session:
        timeline = locked_for_storing(unfiled.timeline_id)
        photo = record_of(unfiled.timeline_id, unfiled.photo_id)
        if not photo.uploaded:
            needed = _equal(unfiled) or unfiled.object_key
            named = {"timeline_id": unfiled.timeline_id, "photo_id": unfiled.photo_id}
            session.add(StoredPhoto(**named, object_key=needed, content_hmac=unfiled.content_hmac))
            photo.uploaded, photo.rev, photo.device_id = True, timeline.next_rev(), None
    if needed != unfiled.object_key:
        remove_objects([unfiled.object_key])


def unfile(timeline_id: str, photo_ids: Iterable[str]) -> Sequence[str]:
    """Forget where the bytes of these photos are, and return the keys of objects that no other photo needs."""
    ids, keys = list(photo_ids), set[str]()
    with db.write(under_lock=True) as session:
        locked(timeline_id)
        for start in range(0, len(ids), IDS_AT_ONCE):
            some = delete(StoredPhoto).where(
                StoredPhoto.timeline_id == timeline_id, StoredPhoto.photo_id.in_(ids[start : start + IDS_AT_ONCE])
            )
            keys.update(session.scalars(some.returning(StoredPhoto.object_key)))
        needed = select(StoredPhoto.object_key).filter_by(timeline_id=timeline_id)
        return sorted(keys.difference(session.scalars(needed))) if keys else ()


def _equal(unfiled: Unfiled) -> str | None:
    """Return the object of a photo of the timeline that is there to stay and has the same content."""
    of_record = and_(StoredPhoto.timeline_id == Photo.timeline_id, StoredPhoto.photo_id == Photo.id)
    equal = (
        select(StoredPhoto.object_key)
        .join(Photo, of_record)
        .where(
            StoredPhoto.timeline_id == unfiled.timeline_id,
            StoredPhoto.content_hmac == unfiled.content_hmac,
            Photo.deleted.is_(False),
        )
    )
    return db.session().scalar(equal.limit(1))
