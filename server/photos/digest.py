"""The Content-Digest of RFC 9530, by which a receiver knows that nothing was lost on the way."""

import base64
import hashlib
import re

from server.foundation.http.errors import Problem

_SHA256 = re.compile(r"(?:^|,)\s*sha-256\s*=\s*([^,;\s]*)")


class DigestMismatch(Problem):
    """The bytes that came are not those that were sent."""

    status = 400
    code = "digest_mismatch"
    detail = "The body does not have the sha-256 of its Content-Digest; send it again."


def content_digest(data: bytes) -> str:
    """Return the header's value for `data`."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"


def check_digest(data: bytes, header: str | None) -> None:
    """Compare `data` with the sha-256 in a Content-Digest header; other algorithms in it are left alone.

    Raises:
        DigestMismatch: they differ.
    """
    stated = _SHA256.search(header or "")
    if stated is not None and f"sha-256={stated[1]}" != content_digest(data):
        raise DigestMismatch
