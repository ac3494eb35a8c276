"""JPEG without metadata: the same tables and scans, byte for byte, and only the segments that decoding needs.

Segments: ITU-T T.81 annex B. Kept of the application's: JFIF (its thumbnail removed), colour profile, and
Adobe's colour transform.
"""

import re
import struct
from collections.abc import Iterator

from server.photos.metadata.exif import UPRIGHT, orientation_only

START, END, SCAN = 0xD8, 0xD9, 0xDA
JFIF, PROFILE, ADOBE = (0xE0, b"JFIF\0"), (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe")
JFIF_BYTES, ADOBE_BYTES = 12, 12
TABLES_AND_FRAMES = frozenset((*range(0xC0, 0xC8), *range(0xC9, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD))

_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def without_metadata(data: bytes, orientation: int) -> bytes:
    """Return the photo with its metadata replaced by `orientation`; what follows its end is dropped.

    Raises:
        ValueError: the segments do not fit together, or the end is missing.
    """
    head, rest = [bytes((0xFF, START))], []
    for marker, body, coded in _segments(data):
        if marker == JFIF[0] and body.startswith(JFIF[1]):
            head.append(_segment(marker, body[:JFIF_BYTES] + b"\0\0"))
        elif marker == ADOBE[0] and body.startswith(ADOBE[1]):
            rest.append(_segment(marker, body[:ADOBE_BYTES]))
        elif marker in TABLES_AND_FRAMES or (marker == PROFILE[0] and body.startswith(PROFILE[1])):
            rest += [_segment(marker, body), coded]
    if orientation != UPRIGHT:
        head.append(_segment(0xE1, b"Exif\0\0" + orientation_only(orientation)))
    return b"".join((*head, *rest, bytes((0xFF, END))))


def scans(data: bytes) -> int:
    """Return in how many passes over all its pixels the photo is decoded, as far as its segments can be read."""
    count = 0
    try:
        for marker, _, _ in _segments(data):
            count += marker == SCAN
    except (ValueError, struct.error):
        pass
    return count


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield each segment's marker and body, and the coded image that follows it, up to the end of the photo."""
    position = 2
    while True:
        marker, position = _marker(data, position)
        if marker == END:
            return
        (length,) = struct.unpack_from(">H", data, position)
        body = data[position + 2 : position + length]
        if length < 2 or len(body) != length - 2:
            raise ValueError("a segment is cut off")
        position += length
        start = position
        if marker == SCAN:
            end = _AFTER_SCAN.search(data, position)
            if end is None:
                raise ValueError("the end is missing")
            position = end.start()
        yield marker, body, data[start:position]


def _marker(data: bytes, position: int) -> tuple[int, int]:
    """Return the marker at `position` and where it ends; any number of 0xFF may come before it."""
    if data[position : position + 1] != b"\xff":
        raise ValueError("a marker is missing")
    while data[position : position + 1] == b"\xff":
        position += 1
    if position >= len(data):
        raise ValueError("the end is missing")
    return data[position], position + 1


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body
