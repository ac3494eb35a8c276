"""JPEG without metadata: the same tables and scans, byte for byte, and only the segments that decoding needs.

Segments: ITU-T T.81 annex B. Kept of the application's: JFIF (its thumbnail removed), colour profile, and
Adobe's colour transform.
"""

import re
import struct

from server.photos.metadata.exif import UPRIGHT, orientation_only

START, END, SCAN, COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
JFIF, PROFILE, ADOBE = (0xE0, b"JFIF\0"), (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe")
JFIF_LENGTH = 12

_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def without_metadata(data: bytes, orientation: int) -> bytes:
    """Return the photo with its metadata replaced by `orientation`; what follows its end is dropped.

    Raises:
        ValueError: the segments do not fit together, or the end is missing.
    """
    head, rest = [bytes((0xFF, START))], []
    position = 2
    while True:
        marker, position = _marker(data, position)
        if marker == END:
            break
        (length,) = struct.unpack_from(">H", data, position)
        body = data[position + 2 : position + length]
        if length < 2 or len(body) != length - 2:
            raise ValueError("a segment is cut off")
        position += length
        if marker == JFIF[0] and body.startswith(JFIF[1]):
            head.append(_segment(marker, body[:JFIF_LENGTH] + b"\0\0"))
        elif _needed(marker, body):
            rest.append(_segment(marker, body))
        if marker == SCAN:
            end = _AFTER_SCAN.search(data, position)
            if end is None:
                raise ValueError("the end is missing")
            rest.append(data[position : end.start()])
            position = end.start()
    if orientation != UPRIGHT:
        head.append(_segment(0xE1, b"Exif\0\0" + orientation_only(orientation)))
    return b"".join((*head, *rest, bytes((0xFF, END))))


def _marker(data: bytes, position: int) -> tuple[int, int]:
    """Return the marker at `position` and where it ends; any number of 0xFF may come before it."""
    if data[position : position + 1] != b"\xff":
        raise ValueError("a marker is missing")
    while data[position : position + 1] == b"\xff":
        position += 1
    if position >= len(data):
        raise ValueError("the end is missing")
    return data[position], position + 1


def _needed(marker: int, body: bytes) -> bool:
    if marker == COMMENT:
        return False
    if 0xE0 <= marker <= 0xEF:
        return any(marker == kept and body.startswith(name) for kept, name in (PROFILE, ADOBE))
    return True


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body
