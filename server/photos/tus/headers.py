"""What a request of the protocol says in its headers."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import Headers

from server.foundation.http.bodies import MediaTypeUnsupported
from server.photos.tus.problems import VERSION, HeaderMalformed, VersionUnsupported
from server.timeline.media_types import MEDIA_TYPES, registered

PART_TYPE = "application/offset+octet-stream"
ALGORITHMS = ("sha1", "sha256")
METADATA_LENGTH = 2000

_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)


@dataclass(frozen=True)
class Checksum:
    """What a part must hash to."""

    algorithm: str
    digest: bytes

    def hasher(self) -> Any:
        """Return a new hash to be fed with the part."""
        return hashlib.new(self.algorithm, usedforsecurity=False)


def check_version(headers: Headers) -> None:
    """Raise VersionUnsupported unless the request is of this version of the protocol."""
    if headers.get("Tus-Resumable") != VERSION:
        raise VersionUnsupported


def number(headers: Headers, name: str) -> int:
    """Return a header that is a whole number. Raises HeaderMalformed where it is missing or none."""
    text = headers.get(name, "")
    if not _NUMBER.fullmatch(text):
        raise HeaderMalformed(f"{name} is missing or no whole number; send the number of bytes.")
    return int(text)


def metadata(headers: Headers) -> dict[str, str]:
    """Return the pairs of Upload-Metadata. Raises HeaderMalformed where they cannot be read."""
    text = headers.get("Upload-Metadata", "")
    try:
        if len(text) > METADATA_LENGTH:
            raise ValueError
        pairs = [pair.strip().split(" ") for pair in text.split(",")]
        return {key: base64.b64decode("".join(value), validate=True).decode() for key, *value in pairs}
    except (ValueError, binascii.Error) as error:
        raise HeaderMalformed(
            "Upload-Metadata cannot be read; send keys and base64 values as 'photo_id cGhvdG8tMDAwMQ==,media_type …',"
            f" {METADATA_LENGTH} characters at most."
        ) from error


def photo(headers: Headers) -> tuple[str, str]:
    """Return the photo's id and its media type's registered name from Upload-Metadata.

    Raises:
        HeaderMalformed: they are missing.
        MediaTypeUnsupported: no photo is of that type.
    """
    pairs = metadata(headers)
    if "photo_id" not in pairs or "media_type" not in pairs:
        raise HeaderMalformed("Upload-Metadata has no photo_id or no media_type; send those of the photo's record.")
    if (media_type := registered(pairs["media_type"])) not in MEDIA_TYPES:
        raise MediaTypeUnsupported(pairs["media_type"], MEDIA_TYPES, "The photo", "media_type in Upload-Metadata")
    return pairs["photo_id"], media_type


def checksum(headers: Headers) -> Checksum | None:
    """Return what the part must hash to, if anything. Raises HeaderMalformed where it cannot be read."""
    if (text := headers.get("Upload-Checksum")) is None:
        return None
    algorithm, _, encoded = text.partition(" ")
    try:
        digest = base64.b64decode(encoded, validate=True)
        if algorithm in ALGORITHMS and len(digest) == hashlib.new(algorithm, usedforsecurity=False).digest_size:
            return Checksum(algorithm, digest)
    except (ValueError, binascii.Error):
        pass
    raise HeaderMalformed(
        f"Upload-Checksum cannot be read; send one of {', '.join(ALGORITHMS)}, a space and the digest in base64."
    )
