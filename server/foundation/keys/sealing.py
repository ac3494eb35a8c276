"""Bytes sealed under a name: encrypted in chunks that cannot be changed, swapped, cut off or moved.

A sealed object is a header (format, which key, a random salt) and chunks of 64 KiB, each AES-256-GCM with its
tag. The object has a key of its own, by HKDF (RFC 5869) from the patient's key and the salt, so that a nonce is
the chunk's number and never meets another message. The associated data of a chunk is the header, the object's
name, the chunk's number and whether it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and
Vizár, 2015). The last chunk is padded to the full size, so that an object's size tells its content's only to the
next 64 KiB.
"""

import hmac
import secrets
import struct
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.foundation.keys.errors import KeyLost, Tampered

KEY_BYTES = 32
CHUNK_BYTES = 64 * 1024
FORMAT = b"ACNE1"
KEY_ID_BYTES, SALT_BYTES, TAG_BYTES = 8, 32, 16
HEADER_BYTES = len(FORMAT) + KEY_ID_BYTES + SALT_BYTES
PADDING = b"\x80"


def seal(key: bytes, name: str, data: Iterable[bytes]) -> Iterator[bytes]:
    """Yield `data`, in parts of any size, sealed with the patient's key under `name`."""
    salt = secrets.token_bytes(SALT_BYTES)
    header = FORMAT + _key_id(key) + salt
    cipher = AESGCM(derived(key, b"object", salt))
    yield header
    held, number = bytearray(), 0
    for part in data:
        held += part
        while len(held) >= CHUNK_BYTES:
            chunk, held = bytes(held[:CHUNK_BYTES]), held[CHUNK_BYTES:]
            yield cipher.encrypt(_nonce(number, False), chunk, _bound(header, name, number, False))
            number += 1
    last = bytes(held + PADDING).ljust(CHUNK_BYTES, b"\0")
    yield cipher.encrypt(_nonce(number, True), last, _bound(header, name, number, True))


def unseal(key: bytes, name: str, sealed: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what was sealed, a chunk at a time; only after the last is it certain that nothing was cut off.

    Raises:
        KeyLost: it was sealed with another key.
        Tampered: it is not what was sealed under this name.
    """
    pieces = _pieces(sealed, HEADER_BYTES, CHUNK_BYTES + TAG_BYTES)
    header, _ = next(pieces)
    if len(header) != HEADER_BYTES or not header.startswith(FORMAT):
        raise Tampered
    if not hmac.compare_digest(header[len(FORMAT) : -SALT_BYTES], _key_id(key)):
        raise KeyLost
    cipher = AESGCM(derived(key, b"object", header[-SALT_BYTES:]))
    final = False
    for number, (piece, final) in enumerate(pieces):
        try:
            chunk = cipher.decrypt(_nonce(number, final), piece, _bound(header, name, number, final))
        except (InvalidTag, ValueError) as error:
            raise Tampered from error
        yield chunk.rstrip(b"\0")[: -len(PADDING)] if final else chunk
    if not final:
        raise Tampered


def derived(key: bytes, purpose: bytes, salt: bytes | None = None) -> bytes:
    """Return a key for one purpose, which tells nothing of `key` or of the keys for others."""
    return HKDF(SHA256(), KEY_BYTES, salt, b"acnetrack " + purpose).derive(key)


def _key_id(key: bytes) -> bytes:
    return derived(key, b"id")[:KEY_ID_BYTES]


def _nonce(number: int, final: bool) -> bytes:
    return struct.pack(">xxxQ?", number, final)


def _bound(header: bytes, name: str, number: int, final: bool) -> bytes:
    return header + struct.pack(">Q?", number, final) + name.encode()


def _pieces(parts: Iterable[bytes], first: int, rest: int) -> Iterator[tuple[bytes, bool]]:
    """Yield the parts regrouped, one piece of `first` bytes and others of `rest`, and whether each is the last."""
    held, size = bytearray(), first
    for part in parts:
        held += part
        while len(held) > size:
            yield bytes(held[:size]), False
            held, size = held[size:], rest
    yield bytes(held), True
