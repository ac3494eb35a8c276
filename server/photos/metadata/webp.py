"""WebP without metadata: the same image data, byte for byte, and only the chunks that decoding needs.

Chunks and the flags of VP8X: RFC 9649.
"""

import struct

from server.photos.metadata.exif import UPRIGHT, orientation_only

IMAGE = (b"VP8 ", b"VP8L")
NEEDED = (*IMAGE, b"VP8X", b"ALPH", b"ICCP")
HAS_EXIF, HAS_XMP = 0x08, 0x04


def without_metadata(data: bytes, orientation: int) -> bytes:
    """Return the photo with its metadata replaced by `orientation`; what follows its end is dropped.

    Raises:
        ValueError: a chunk is cut off, or there is not one image but a film's frames.
    """
    (size,) = struct.unpack_from("<I", data, 4)
    end, position = size + 8, 12
    if end > len(data):
        raise ValueError("the end is missing")
    chunks, images = [], 0
    while position + 8 <= end:
        name, length = struct.unpack_from("<4sI", data, position)
        body = data[position + 8 : position + 8 + length]
        if len(body) != length:
            raise ValueError("a chunk is cut off")
        position += 8 + length + length % 2
        images += name in IMAGE
        if name in NEEDED:
            chunks.append(_chunk(name, _flagged(body, orientation) if name == b"VP8X" else body))
    if images != 1:
        raise ValueError("there is not one image")
    if orientation != UPRIGHT:
        chunks.append(_chunk(b"EXIF", orientation_only(orientation)))
    content = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(content)) + content


def _flagged(body: bytes, orientation: int) -> bytes:
    """Return the extended header, saying what metadata is left."""
    flags = body[0] & ~(HAS_EXIF | HAS_XMP) | (HAS_EXIF if orientation != UPRIGHT else 0)
    return bytes((flags,)) + body[1:]


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
