"""PNG without metadata: the same image data, byte for byte, and only the chunks that decoding needs."""

import struct
import zlib

from server.photos.metadata.exif import UPRIGHT, orientation_only

SIGNATURE = b"\x89PNG\r\n\x1a\n"
NEEDED = frozenset((b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT"))


def without_metadata(data: bytes, orientation: int) -> bytes:
    """Return the photo with its metadata replaced by `orientation`; what follows its end is dropped.

    Raises:
        ValueError: a chunk is cut off, or the end is missing.
    """
    chunks = [SIGNATURE]
    position, name = len(SIGNATURE), b""
    while name != b"IEND":
        if position + 12 > len(data):
            raise ValueError("the end is missing")
        length, name = struct.unpack_from(">I4s", data, position)
        chunk = data[position : position + 12 + length]
        if len(chunk) != 12 + length:
            raise ValueError("a chunk is cut off")
        position += len(chunk)
        if name in NEEDED:
            chunks.append(chunk)
        if name == b"IHDR" and orientation != UPRIGHT:
            chunks.append(_chunk(b"eXIf", orientation_only(orientation)))
    return b"".join(chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
