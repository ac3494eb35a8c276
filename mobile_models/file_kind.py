"""What kind of photo a file is, by its first bytes, and whether it can be read here."""

from __future__ import annotations

from functools import cache

from PIL import Image

HEAD_BYTES = 256
"""So much of a file tells its kind."""

HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
AVIF_BRANDS = {b"avif", b"avis"}
ARITHMETIC = (0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF)
"""JPEG's frame markers that announce arithmetic coding."""

FRAMES = (*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0))
_WITHOUT_LENGTH = (0x01, *range(0xD0, 0xD9))


def kind_of(data: bytes) -> str | None:
    """Pillow's name of the file's format: JPEG, PNG, WEBP, AVIF or HEIF; None for any other."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        return _kind_of_media(data)
    return None


def _kind_of_media(data: bytes) -> str | None:
    """HEIC and AVIF share a container, whose head names what it is and what it may be read as."""
    end = min(int.from_bytes(data[:4], "big"), HEAD_BYTES)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}
    if brands & AVIF_BRANDS:
        return "AVIF"
    return "HEIF" if brands & HEIC_BRANDS else None


def jpeg_frame(data: bytes) -> int | None:
    """The marker (0xC0 … 0xCF) of a JPEG's first frame, which tells how it is coded; None where none is found."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker in FRAMES:
            return marker
        if marker == 0xFF:
            at += 1
        elif marker in _WITHOUT_LENGTH:
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


@cache
def heic_is_read() -> bool:
    """Whether pillow-heif is installed; it is made known to Pillow the first time this is asked."""
    try:
        import pillow_heif
    except ImportError:
        return False
    pillow_heif.register_heif_opener()
    return "HEIF" in Image.registered_extensions().values()
