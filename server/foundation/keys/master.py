"""The operator's master keys: each wraps patients' keys, bound to whose they are."""

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.foundation.keys.errors import KeyDamaged, WrongMasterKey
from server.foundation.keys.sealing import KEY_BYTES

FORMAT, NONCE_BYTES = 1, 12
LEAST_DISTINCT_BYTES = 12
"""Of 32 random bytes fewer differ once in 10¹⁷ keys; of a password or of zeros they do."""


class MasterKeyMalformed(ValueError):
    """The text is no master key; the message says why without a letter of it."""


@dataclass(frozen=True)
class MasterKey:
    """256 bits, and the id by which wrapped keys name them."""

    key: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """Which one it is: sixteen hexadecimal characters that tell nothing else of it."""
        return hashlib.sha256(b"acnetrack master key " + self.key).hexdigest()[:16]

    def wrap(self, key: bytes, timeline_id: str) -> bytes:
        """Return the patient's key as it is kept in a file."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        wrapped = nonce + AESGCM(self.key).encrypt(nonce, key, _bound(self.id, timeline_id))
        stored = {"format": FORMAT, "master": self.id, "wrapped": base64.b64encode(wrapped).decode()}
        return json.dumps(stored).encode()


def master_keys(text: str) -> tuple[MasterKey, ...]:
    """Return the master keys in a setting: base64 of 32 random bytes each, newest first, separated by commas.

    Raises:
        MasterKeyMalformed: one of them is none.
    """
    return tuple(_parsed(part.strip()) for part in text.split(","))


def new_master_key() -> str:
    """Return a fresh master key as a setting holds it."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def wrapped_under(stored: bytes) -> str:
    """Return the id of the master key that a kept key is wrapped under. Raises KeyDamaged."""
    return _read(stored)[0]


def unwrap(stored: bytes, timeline_id: str, masters: Sequence[MasterKey]) -> bytes:
    """Return the patient's key from its file.

    Raises:
        WrongMasterKey: it is wrapped under none of `masters`.
        KeyDamaged: the file is cut off, changed, or of another timeline.
    """
    master_id, wrapped = _read(stored)
    for master in masters:
        if master.id == master_id:
            nonce, rest = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
            try:
                return AESGCM(master.key).decrypt(nonce, rest, _bound(master_id, timeline_id))
            except (InvalidTag, ValueError) as error:
                raise KeyDamaged from error
    raise WrongMasterKey(master_id, ", ".join(master.id for master in masters))


def _parsed(text: str) -> MasterKey:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MasterKeyMalformed("is not base64") from error
    if len(key) != KEY_BYTES:
        raise MasterKeyMalformed(f"holds {len(key)} bytes, not {KEY_BYTES}")
    if len(set(key)) < LEAST_DISTINCT_BYTES:
        raise MasterKeyMalformed("is too easy to guess")
    return MasterKey(key)


def _read(stored: bytes) -> tuple[str, bytes]:
    try:
        fields = json.loads(stored)
        if fields["format"] != FORMAT:
            raise KeyDamaged
        return str(fields["master"]), base64.b64decode(fields["wrapped"], validate=True)
    except (ValueError, KeyError, TypeError) as error:
        raise KeyDamaged from error


def _bound(master_id: str, timeline_id: str) -> bytes:
    return f"{FORMAT}/{master_id}/{timeline_id}".encode()
