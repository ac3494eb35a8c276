"""Whether an uploaded file is one still photo that the model can read, and what of it is stored."""

import io
import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from PIL import Image

from mobile_models.errors import AssessmentError
from mobile_models.file_kind import kind_of
from mobile_models.image import Photo, PhotoTooLarge, PhotoTruncated, PhotoWrongType, read_photo
from mobile_models.orientation import orientation_of
from server.foundation.http.errors import Problem
from server.photos.metadata import jpeg, png, webp

_KINDS = (
    (b"\xff\xd8\xff", "image/jpeg", jpeg.without_metadata),
    (b"\x89PNG\r\n\x1a\n", "image/png", png.without_metadata),
    (b"RIFF", "image/webp", webp.without_metadata),
)

SCANS_AT_MOST = 100
"""A camera's photo has one to ten; each is a pass over all pixels, and a few bytes are enough for one."""

SENT_AS_JPEG = {"HEIF": "a HEIC photo", "AVIF": "an AVIF photo"}
"""Kinds that are read where a photo is assessed, but not stored: a dermatologist's browser may not show them."""

_one_at_a_time = threading.Lock()
"""A photo of as many pixels as are read is some hundred megabytes large while it is decoded."""


class PhotoRefused(Problem):
    """The file is no photo that can be assessed; `code` says why, as on the phone."""

    def __init__(self, reason: AssessmentError, **members: Any) -> None:
        super().__init__(str(reason), **members)
        self.code = reason.code  # type: ignore[misc]
        self.status = _status(reason)  # type: ignore[misc]


class MediaTypeMismatch(Problem):
    """The file is of another type than was said."""

    status = 415
    code = "media_type_mismatch"
    detail = "The file, its Content-Type and the media_type of its record must be the same."


@dataclass(frozen=True)
class InspectedPhoto:
    """A photo as it is stored: the upload without its metadata. Its size is that of the upright photo."""

    data: bytes
    width_px: int
    height_px: int


def inspect_photo(data: bytes, media_type: str) -> InspectedPhoto:
    """Inspect an upload and return what is stored of it: the same coded image, and of its metadata the orientation.

    Size and kind are checked from the header before anything is decoded.

    Raises:
        PhotoRefused: it is empty, truncated, animated, too large or too small, or of no known type.
        MediaTypeMismatch: it is a photo, but not of `media_type`.
    """
    with _refusing():
        _require_shown_everywhere(data)
        with _one_at_a_time:
            photo, orientation = _decoded(data), _orientation(data)
        actual, without_metadata = next((t, strip) for magic, t, strip in _KINDS if data.startswith(magic))
        if actual != media_type:
            raise MediaTypeMismatch(f"The file is {actual}, not {media_type}. {MediaTypeMismatch.detail}")
        return InspectedPhoto(without_metadata(data, orientation), photo.width_px, photo.height_px)


def photo_in(data: bytes, **members: Any) -> Photo:
    """Return the photo in a file that is not stored; checked as `inspect_photo` does.

    Raises:
        PhotoRefused: as `inspect_photo`, with these `members`.
    """
    with _refusing(**members), _one_at_a_time:
        return _decoded(data)


def _require_shown_everywhere(data: bytes) -> None:
    kind = kind_of(data)
    if kind in SENT_AS_JPEG:
        raise PhotoWrongType(
            f"The file is {SENT_AS_JPEG[kind]}, which not every browser shows. Send it as a JPEG: a phone makes one"
            " when it shares the photo, or when its camera is set to “Most compatible”."
        )


@contextmanager
def _refusing(**members: Any) -> Iterator[None]:
    try:
        yield
    except AssessmentError as reason:
        raise PhotoRefused(reason, **members) from reason
    except (ValueError, struct.error) as error:
        damaged = PhotoTruncated("The photo is cut off or damaged. Send it again from the original.")
        raise PhotoRefused(damaged, **members) from error


def _decoded(data: bytes) -> Photo:
    if jpeg.scans(data) > SCANS_AT_MOST:
        raise PhotoTooLarge("The photo is coded in more passes than any camera uses. Save it again as a JPEG.")
    return read_photo(data)


def _orientation(data: bytes) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data)) as image:
            return orientation_of(image)


def _status(reason: AssessmentError) -> int:
    if isinstance(reason, PhotoWrongType):
        return 415
    return 413 if isinstance(reason, PhotoTooLarge) else 422
