"""The photo store, sealed: nothing reaches it in the clear."""

import hashlib
import hmac

from server.encryption.keys import key_ring
from server.encryption.sealing import derived, seal, unseal
from server.ids import new_id
from server.photos.store import store


def put_sealed(timeline_id: str, data: bytes) -> str:
    """Keep `data` encrypted with the timeline's key and return the object's key, random and never used again."""
    object_key = f"{timeline_id}/{new_id()}"
    store().put(object_key, b"".join(seal(key_ring().key_of(timeline_id), object_key, [data])))
    return object_key


def get_sealed(timeline_id: str, object_key: str) -> bytes:
    """Return what was kept, all of it authentic.

    Raises:
        KeyLost, KeyDamaged, KeyShredded, WrongMasterKey: the timeline's key cannot be had.
        Tampered: the bytes are not those that were kept.
        FileNotFoundError: there are none.
    """
    key = key_ring().kept_key_of(timeline_id)
    return b"".join(unseal(key, object_key, [store().get(object_key)]))


def content_hmac(timeline_id: str, data: bytes) -> str:
    """Return by what equal content of this timeline is known, and of no other: in hexadecimal."""
    key = derived(key_ring().key_of(timeline_id), b"equal photos")
    return hmac.new(key, data, hashlib.sha256).hexdigest()
