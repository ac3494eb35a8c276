"""Which way is up: EXIF's orientation, or a refusal where it makes no sense."""

from __future__ import annotations

import struct
import warnings
from typing import Any, ClassVar

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


class PhotoOrientationUnknown(AssessmentError):
    """EXIF that does not say which way is up."""

    code: ClassVar[str] = "photo_orientation_unknown"


def orientation_of(image: Image.Image) -> int:
    """EXIF orientation 1 to 8 of a decoded image; 1 where nothing is said of it.

    Raises:
        PhotoOrientationUnknown: when the EXIF data is damaged or names no such orientation.
    """
    orientation = _stored(image)
    if orientation is None:
        return 1
    if not isinstance(orientation, int) or orientation not in UPRIGHT:
        raise _unknown("gives an orientation that is none of 1 to 8")
    return orientation


def _stored(image: Image.Image) -> Any:
    """The orientation as stored. Pillow only warns of damaged EXIF, once, so the block is read afresh."""
    exif = Image.Exif()
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        try:
            exif.load(image.info.get("exif", b""))
            orientation = exif.get(EXIF_ORIENTATION, image.getexif().get(EXIF_ORIENTATION))
        except (SyntaxError, OSError, ValueError, TypeError, KeyError, struct.error) as error:
            raise _unknown("cannot be read") from error
    if orientation is None and complaints:
        raise _unknown("is damaged")
    return orientation


def _unknown(what: str) -> PhotoOrientationUnknown:
    return PhotoOrientationUnknown(
        f"The photo's EXIF data {what}, so which way is up is unknown. Turn the photo upright in a photo "
        "editor and save it again."
    )
