"""Uploads in parts: begun, found and ended. What processes need to know of them is in the database only."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from server.foundation import clock, db
from server.foundation.config import settings
from server.foundation.ids import new_id
from server.photos.inspection import MediaTypeMismatch, inspect_photo
from server.photos.models import Upload, UploadPart
from server.photos.receiving import record_of
from server.photos.sealed import remove_objects
from server.photos.tus.problems import TooManyUploads, UploadExpired, UploadTooLong, UploadUnknown
from server.sharing.grants.access import locked_for_storing
from server.timeline.lock import locked

KEPT_FOR = timedelta(days=7)
"""From the last part on: a phone may be without a network over a long weekend."""

OPEN_AT_ONCE = 20


def begin(timeline_id: str, photo_id: str, media_type: str, length: int, metadata: str) -> Upload:
    """Begin an upload of a photo whose record is in the timeline.

    Where the patient has as many open as there may be, an older one of the same photo makes room.

    Raises:
        UploadTooLong, PhotoRefused: no photo is as long, or empty.
        PhotoUnknown, PhotoGone, MediaTypeMismatch: the record does not want it.
        TooManyUploads: the patient has that many others open.
    """
    if length > settings().photo_max_bytes:
        raise UploadTooLong(f"A photo has at most {settings().photo_max_bytes} bytes; save it at a smaller size.")
    if not length:
        inspect_photo(b"", media_type)
    unneeded: list[str] = []
    with db.write(under_lock=True) as session:
        locked_for_storing(timeline_id)
        if media_type != record_of(timeline_id, photo_id).media_type:
            raise MediaTypeMismatch
        uploads = session.scalars(select(Upload).filter_by(timeline_id=timeline_id).order_by(Upload.expires_at)).all()
        for upload in uploads:
            if upload.expires_at <= clock.now():
                unneeded += forget_parts(upload.id)
        waiting = [upload for upload in uploads if upload.expires_at > clock.now() and not upload.complete]
        if len(waiting) >= OPEN_AT_ONCE:
            unneeded += _make_room(waiting, photo_id)
        named = {"timeline_id": timeline_id, "photo_id": photo_id, "media_type": media_type}
        begun = Upload(id=new_id(), **named, metadata_header=metadata, length=length, received=0, expires_at=expiry())
        session.add(begun)
    remove_objects(unneeded)
    return begun


def find_or_expire(timeline_id: str, upload_id: str) -> Upload:
    """Return how an upload of the timeline stands now; what happens to it later does not change that.

    Raises:
        UploadUnknown: there is none.
        UploadExpired: its rest did not come in time; what had come is removed.
    """
    upload = db.session().get(Upload, upload_id, populate_existing=True)
    if upload is None or upload.timeline_id != timeline_id:
        raise UploadUnknown
    db.session().expunge(upload)
    if upload.expires_at <= clock.now():
        with db.write(under_lock=True):
            locked(timeline_id)
            unneeded = forget_parts(upload_id)
        remove_objects(unneeded)
        raise UploadExpired
    return upload


def end(timeline_id: str, upload_id: str) -> None:
    """Remove an upload and what has come of it; a photo that it completed stays.

    Raises:
        UploadUnknown, UploadExpired: there is no such upload, or no longer.
    """
    find_or_expire(timeline_id, upload_id)
    remove(timeline_id, upload_id)


def remove(timeline_id: str, upload_id: str) -> None:
    """Remove an upload, whether its time is over or not, and what has come of it."""
    with db.write(under_lock=True) as session:
        locked(timeline_id)
        unneeded = forget_parts(upload_id)
        session.execute(delete(Upload).filter_by(id=upload_id))
    remove_objects(unneeded)


def forget_parts(upload_id: str) -> list[str]:
    """Forget the parts of an upload, inside `db.write`, and return the keys of the objects that held them."""
    parts = delete(UploadPart).where(UploadPart.upload_id == upload_id)
    return list(db.session().scalars(parts.returning(UploadPart.object_key)))


def expiry() -> datetime:
    """Return until when an upload that was continued now is kept."""
    return clock.now() + KEPT_FOR


def _make_room(waiting: list[Upload], photo_id: str) -> list[str]:
    same = next((upload for upload in waiting if upload.photo_id == photo_id), None)
    if same is None:
        raise TooManyUploads
    unneeded = forget_parts(same.id)
    db.session().delete(same)
    return unneeded
