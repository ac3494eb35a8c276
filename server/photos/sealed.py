"""The photo store, sealed: nothing reaches it in the clear."""

import hashlib
import hmac
import logging
from collections.abc import Iterable

from sqlalchemy import select

from server.foundation import db
from server.foundation.config import ConfigError
from server.foundation.ids import new_id
from server.foundation.keys.keys import key_ring
from server.foundation.keys.sealing import derived, seal, unseal
from server.photos.models import StoredPhoto
from server.photos.store import PhotoStoreAway, store

log = logging.getLogger("acnetrack")


def put_sealed(timeline_id: str, data: bytes) -> str:
    """Keep `data` encrypted with the timeline's key and return the object's key, random and never used again.

    Raises:
        KeyLost, KeyDamaged, KeyShredded, WrongMasterKey: the timeline had a key, and it cannot be had.
        PhotoStoreAway: neither is anything kept, nor what was begun.
    """
    object_key = f"{timeline_id}/{new_id()}"
    store().put(object_key, b"".join(seal(_key_to_write(timeline_id), object_key, [data])))
    return object_key


def put_sealed_as(object_key: str, timeline_id: str, data: bytes) -> None:
    """Keep what was made from an object of the timeline, under a key that is made from that one's.

    Raises:
        KeyLost, KeyDamaged, KeyShredded, WrongMasterKey: the timeline's key cannot be had.
        PhotoStoreAway: nothing is kept.
    """
    store().put(object_key, b"".join(seal(key_ring().existing_key_of(timeline_id), object_key, [data])))


def get_sealed(timeline_id: str, object_key: str) -> bytes:
    """Return what was kept, all of it authentic.

    Raises:
        KeyLost, KeyDamaged, KeyShredded, WrongMasterKey: the timeline's key cannot be had.
        Tampered: the bytes are not those that were kept.
        FileNotFoundError: there are none.
    """
    key = key_ring().existing_key_of(timeline_id)
    return b"".join(unseal(key, object_key, [store().get(object_key)]))


def content_hmac(timeline_id: str, data: bytes) -> str:
    """Return by what equal content of this timeline is known, and of no other: in hexadecimal."""
    key = derived(_key_to_write(timeline_id), b"equal photos")
    return hmac.new(key, data, hashlib.sha256).hexdigest()


def _key_to_write(timeline_id: str) -> bytes:
    """Return the timeline's key, made only where nothing was stored with one: a lost key gets no second."""
    stored = db.session().scalar(select(StoredPhoto.photo_id).filter_by(timeline_id=timeline_id).limit(1))
    db.release()
    try:
        return key_ring().key_of(timeline_id) if stored is None else key_ring().existing_key_of(timeline_id)
    except (OSError, ConfigError) as error:  # The key folder is full, or cannot be read.
        raise PhotoStoreAway from error


def remove_objects(keys: Iterable[str]) -> None:
    """Remove objects that nothing names any more; those that cannot be removed now are left to `tidying`."""
    try:
        for key in keys:
            store().delete(key)
    except (PhotoStoreAway, OSError) as error:
        log.warning("objects left", extra={"error": type(error).__qualname__})
