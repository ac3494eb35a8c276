"""Which way is up: EXIF's orientation, read as browsers read it, or a refusal where that one entry is damaged.

Nothing else of a photo's metadata is looked at: a damaged maker's note, a malformed block, or an orientation told by
XMP turns no photo in any viewer, and turns none here.
"""

from __future__ import annotations

import struct
from typing import ClassVar

from PIL import Image

from mobile_models.errors import AssessmentError

EXIF_ORIENTATION = 0x0112
UPRIGHT: dict[int, Image.Transpose | None] = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
LYING = (5, 6, 7, 8)

_WHOLE_NUMBERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i"}
"""`struct`'s letter for each of EXIF's types that is a whole number."""


class PhotoOrientationUnknown(AssessmentError):
    """EXIF whose orientation is damaged."""

    code: ClassVar[str] = "photo_orientation_unknown"


def orientation_of(image: Image.Image) -> int:
    """EXIF orientation 1 to 8 of a decoded image; 1 where none is stored, or one that does not exist.

    Raises:
        PhotoOrientationUnknown: when there is an orientation, but not as one whole number.
    """
    stored = stored_orientation(image.info.get("exif") or b"")
    return stored if stored in UPRIGHT else 1


def stored_orientation(exif: bytes) -> int | None:
    """The number in an EXIF block, with or without its "Exif" in front; None where there is none.

    Raises:
        PhotoOrientationUnknown: as for `orientation_of`.
    """
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 10:
        return None
    (first,) = struct.unpack_from(f"{order}I", tiff, 4)
    if first + 2 > len(tiff):
        return None
    (entries,) = struct.unpack_from(f"{order}H", tiff, first)
    for at in range(first + 2, min(first + 2 + 12 * entries, len(tiff)), 12):
        if tiff[at : at + 2] == struct.pack(f"{order}H", EXIF_ORIENTATION):
            return _value(tiff[at : at + 12], order)
    return None


def _value(entry: bytes, order: str) -> int:
    """The whole number of a directory's entry: tag, type, how many, and the value itself where it fits."""
    if len(entry) == 12:
        _, kind, how_many = struct.unpack_from(f"{order}HHI", entry)
        if kind in _WHOLE_NUMBERS and how_many == 1:
            return int(struct.unpack_from(f"{order}{_WHOLE_NUMBERS[kind]}", entry, 8)[0])
    raise PhotoOrientationUnknown(
        "The photo's EXIF data says which way is up, but is damaged in that place. Turn the photo upright in a photo "
        "editor and save it again."
    )
