"""A part of an upload: stored while it comes, and with the last byte the photo.

Nothing is held between requests, and no lock while a phone sends. Of two parts sent at the same time the one that
is stored first counts, and the other is told where the upload stands.
"""

from collections.abc import Sequence
from typing import IO

from sqlalchemy import func, select

from server.foundation import db
from server.foundation.http.errors import Problem
from server.people.credentials.tokens import Unauthenticated
from server.people.guardians.consent import ConsentRequired
from server.photos.models import Upload, UploadPart
from server.photos.receiving import Unfiled, file, put_into_store, record_of
from server.photos.sealed import get_sealed, put_sealed, remove_objects
from server.photos.tus.body import pieces
from server.photos.tus.headers import Checksum
from server.photos.tus.problems import ChecksumMismatch, OffsetConflict, TooManyParts, UploadTooLong, UploadUnknown
from server.photos.tus.uploads import end, expiry, find_or_expire, forget_parts
from server.sharing.grants.access import locked_for_storing

PARTS_AT_MOST = 1024
NOT_ITS_FAULT = UploadUnknown | OffsetConflict | Unauthenticated | ConsentRequired
"""Refusals after which the upload can go on, by whoever may."""


def append(timeline_id: str, upload_id: str, offset: int, body: IO[bytes], checksum: Checksum | None) -> Upload:
    """Store what comes of a part that begins at `offset`, and return how the upload stands then.

    Without a checksum what has come of a part that is cut off is kept; with one, all of it or nothing.

    Raises:
        UploadUnknown, UploadExpired: there is no such upload, or no longer.
        OffsetConflict, UploadTooLong, ChecksumMismatch: the part is not the next one, and was not kept.
        PhotoGone, PhotoDiffers, SizeDiffers, PhotoRefused, TooManyParts: refused, and the upload was removed.
        Unauthenticated, ConsentRequired: the right to store ended while the part came, which was not kept.
        ClientDisconnected: the connection was cut.
    """
    upload = find_or_expire(timeline_id, upload_id)
    if offset != upload.received:
        raise _conflict(upload)
    if not upload.complete:
        record_of(timeline_id, upload.photo_id)
    db.release()
    arrived: list[UploadPart] = []
    hasher = checksum.hasher() if checksum else None
    try:
        for piece in pieces(body, upload.length - offset):
            if offset + len(piece) > upload.length:
                raise UploadTooLong(f"The upload was said to have {upload.length} bytes, and more comes.")
            arrived.append(UploadPart(upload_id=upload_id, start=offset, object_key=put_sealed(timeline_id, piece)))
            offset += len(piece)
            if hasher is None:
                _record_parts(upload, arrived, offset)
                arrived = []
            else:
                hasher.update(piece)
        if checksum is not None and hasher is not None and hasher.digest() != checksum.digest:
            raise ChecksumMismatch
        if arrived:
            _record_parts(upload, arrived, offset)
    except Problem:
        remove_objects(part.object_key for part in arrived)
        raise
    return find_or_expire(timeline_id, upload_id)


def _record_parts(upload: Upload, parts: Sequence[UploadPart], received: int) -> None:
    """Let stored parts count, up to `received` bytes; where that is all of them, as the photo."""
    photo = None
    try:
        if received == upload.length:
            photo = _store_whole(upload, parts)
        with db.write(under_lock=True) as session:
            locked_for_storing(upload.timeline_id)
            current = session.get(Upload, upload.id, populate_existing=True)
            if current is None:
                raise UploadUnknown
            if current.received != parts[0].start:
                raise _conflict(current)
            current.received, current.expires_at = received, expiry()
            unneeded: list[str] = []
            if photo is not None:
                file(photo)
            if current.complete:
                unneeded = [*forget_parts(upload.id), *(part.object_key for part in parts)]
            else:
                session.add_all(parts)
                _refuse_too_many(upload.id)
    except Problem as refusal:
        remove_objects([photo.object_key] if photo else [])
        if refusal.status < 500 and not isinstance(refusal, NOT_ITS_FAULT):
            end(upload.timeline_id, upload.id)
        raise
    remove_objects(unneeded)


def _store_whole(upload: Upload, parts: Sequence[UploadPart]) -> Unfiled | None:
    """Check the whole photo and put it into the store; None where it is there already."""
    counted = select(UploadPart.object_key).filter_by(upload_id=upload.id).order_by(UploadPart.start)
    keys = [*db.session().scalars(counted), *(part.object_key for part in parts)]
    db.release()
    try:
        data = b"".join(get_sealed(upload.timeline_id, key) for key in keys)
    except FileNotFoundError as error:  # Another request finished or ended the upload meanwhile.
        raise UploadUnknown from error
    return put_into_store(upload.timeline_id, upload.photo_id, data, upload.media_type)


def _refuse_too_many(upload_id: str) -> None:
    db.session().flush()
    count = select(func.count()).select_from(UploadPart).filter_by(upload_id=upload_id)
    if (db.session().scalar(count) or 0) > PARTS_AT_MOST:
        raise TooManyParts


def _conflict(upload: Upload) -> OffsetConflict:
    return OffsetConflict(f"{OffsetConflict.detail} It stands at {upload.received}.")
