"""From a file to upright RGB pixels, and from those to the square that the model sees."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, UnidentifiedImageError

from mobile_models.colour import to_srgb
from mobile_models.errors import AssessmentError
from mobile_models.exposure import Exposure, Levels
from mobile_models.file_kind import ARITHMETIC, heic_is_read, jpeg_frame, kind_of
from mobile_models.orientation import LYING, UPRIGHT, orientation_of
from mobile_models.zones import ZoneTable

MAX_MEGAPIXELS = 64
MAX_MEGAPIXELS_REDUCED = 178
"""Of a JPEG in one pass, which is decoded at a fraction of its size and never held whole."""

MAX_BYTES = 256 * 2**20
TOO_MANY_BYTES = f"The file is larger than {MAX_BYTES >> 20} MB. Save the photo as a JPEG."
MIN_SIDE_PX = 64
MAX_ELONGATION = 3
WORKING_SIDE_PX = 1280
"""Photos are decoded at 1/2, 1/4 or 1/8 where that leaves at least this much of the short side."""

STILL_FIRST = ("JPEG", "MPO", "HEIF")
"""Kinds whose first frame is the photo; what else is in the file is a preview, a depth map or a burst."""

PAD_VALUE = 114
"""The grey level that a photo is padded with, and that shows through transparent pixels."""

UNDECODABLE = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, MemoryError)


class PhotoUnreadable(AssessmentError):
    """No file there, or one that may not be read."""

    code: ClassVar[str] = "photo_unreadable"


class PhotoEmpty(AssessmentError):
    """A file of no bytes."""

    code: ClassVar[str] = "photo_empty"


class PhotoWrongType(AssessmentError):
    """No photo, or one of a kind that is not read."""

    code: ClassVar[str] = "photo_wrong_type"


class PhotoHeic(PhotoWrongType):
    """A HEIC photo, where the codec for it is not installed."""

    code: ClassVar[str] = "photo_heic"


class PhotoCodingUnread(PhotoWrongType):
    """A JPEG coded in a way that the JPEG library here does not read."""

    code: ClassVar[str] = "photo_coding_unread"


class PhotoTruncated(AssessmentError):
    """Begins as a photo and breaks off, or is damaged inside."""

    code: ClassVar[str] = "photo_truncated"


class PhotoAnimated(AssessmentError):
    """More than one frame."""

    code: ClassVar[str] = "photo_animated"


class PhotoTooLarge(AssessmentError):
    """More pixels or bytes than are decoded."""

    code: ClassVar[str] = "photo_too_large"


class PhotoTooSmall(AssessmentError):
    """Too few pixels to show a lesion."""

    code: ClassVar[str] = "photo_too_small"


class PhotoTooElongated(AssessmentError):
    """A strip rather than a photo of a face."""

    code: ClassVar[str] = "photo_too_elongated"


@dataclass(frozen=True)
class Photo:
    """A decoded photo.

    Attributes:
        pixels: upright RGB, perhaps at a fraction of the file's size.
        width_px, height_px: of the upright photo in full; lesions are reported in these pixels.
    """

    pixels: Image.Image
    width_px: int
    height_px: int


@dataclass(frozen=True)
class Square:
    """The part of a photo that the model sees, and where it lies in the whole upright photo.

    Attributes:
        padded_across, padded_down: padding at either end of the square, in its own pixels.
    """

    pixels: Image.Image
    left_px: float
    top_px: float
    width_px: float
    height_px: float
    padded_across: int = 0
    padded_down: int = 0

    def levels(self, size_px: int, exposure: Exposure | None = None) -> Levels:
        """[S, S, 3] RGB 0–255: bilinear with antialiasing, as Pillow resizes; then in the reference light.

        A large square is resized in two halves at once. From 1.5 times the size on, that gives what
        resizing the whole gives, bit by bit; below, Pillow would take its passes in another order.
        """
        levels = np.empty((size_px, size_px, 3), dtype=np.uint8)
        side = self.pixels.height

        def fill(first: int, last: int) -> None:
            box = (0, side * first / size_px, side, side * last / size_px)
            levels[first:last] = self.pixels.resize((size_px, last - first), Image.Resampling.BILINEAR, box)

        if side < 1.5 * size_px:
            fill(0, size_px)
        else:
            with ThreadPoolExecutor(2) as halves:
                list(halves.map(fill, (0, size_px // 2), (size_px // 2, size_px)))
        if exposure is not None:
            photo = levels[self.inside(size_px)]
            photo[:] = exposure.expose(photo)
        return levels

    def inside(self, size_px: int) -> tuple[slice, slice]:
        """Rows and columns of the square, resized to that side, that show the photo and no padding."""
        side = self.pixels.height
        rows, columns = (
            slice(math.floor(pad * size_px / side + 0.5), size_px - math.floor(pad * size_px / side + 0.5))
            for pad in (self.padded_down, self.padded_across)
        )
        return rows, columns

    def tensor(self, size_px: int, exposure: Exposure | None = None) -> npt.NDArray[np.float32]:
        """[1, S, S, 3] the levels as RGB 0–1."""
        return self.levels(size_px, exposure)[None].astype(np.float32) / np.float32(255)


def read_photo(source: Path | str | bytes) -> Photo:
    """Decode a JPEG, PNG, WebP, AVIF or, where its codec is installed, HEIC file upright, in sRGB.

    Size and kind are checked from the header first.

    Raises:
        PhotoUnreadable, PhotoEmpty, PhotoWrongType, PhotoHeic, PhotoCodingUnread, PhotoTruncated, PhotoAnimated,
        PhotoTooLarge, PhotoTooSmall, PhotoTooElongated, PhotoOrientationUnknown: naming the problem and the remedy.
    """
    data = source if isinstance(source, bytes) else _read_bytes(Path(source))
    if not data:
        raise PhotoEmpty("The file is empty. Take or copy the photo again.")
    if len(data) > MAX_BYTES:
        raise PhotoTooLarge(TOO_MANY_BYTES)
    with decoding(data) as kind, Image.open(io.BytesIO(data), formats=[kind]) as image:
        _check_header(image)
        width, height = image.size
        if isinstance(image, ImageFile.ImageFile):
            # Arithmetic coding cannot be decoded from a part of the file.
            image.decodermaxblock = max(len(data), ImageFile.MAXBLOCK)
        reduction = _reduction(min(width, height))
        decoded_small = image.draft(None, (width // reduction, height // reduction))
        pixels = to_srgb(image, 1 if decoded_small else reduction, PAD_VALUE)
        orientation = orientation_of(image)
    if (turn := UPRIGHT[orientation]) is not None:
        pixels = pixels.transpose(turn)
    if orientation in LYING:
        width, height = height, width
    return Photo(pixels, width, height)


def square_crop(photo: Photo, oval: ZoneTable | None, pad_value: int) -> Square:
    """The bounding square of the guide's oval, or without a guide the photo padded to a centred square."""
    width, height = photo.pixels.size
    if oval is None:
        side = max(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        pixels = photo.pixels
        if width != height:
            pixels = Image.new("RGB", (side, side), (pad_value,) * 3)
            pixels.paste(photo.pixels, (-left, -top))
    else:
        side = round(2 * max(oval.radius_u, oval.radius_v) * min(width, height))
        left, top = (width - side) // 2, (height - side) // 2
        pixels = photo.pixels.crop((left, top, left + side, top + side))
    across, down = photo.width_px / width, photo.height_px / height
    padded = (max(-left, 0), max(-top, 0))
    return Square(pixels, left * across, top * down, side * across, side * down, *padded)


def _read_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise PhotoUnreadable("That is a folder, and folders are not searched. Name the photos in it.")
        if not path.exists():
            raise PhotoUnreadable("There is no such file. Check the name.")
        if path.stat().st_size > MAX_BYTES:
            raise PhotoTooLarge(TOO_MANY_BYTES)
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise PhotoUnreadable("The file may not be read. Check its name and its permissions.") from error


@contextmanager
def decoding(data: bytes) -> Iterator[str]:
    """Give Pillow's name of a file's kind, and turn whatever Pillow says of a bad file into one of these refusals."""
    kind = kind_of(data)
    if kind is None:
        raise PhotoWrongType(
            "The file is not a JPEG, PNG, WebP, AVIF or HEIC photo. Save or export the photo as one of these."
        )
    if kind == "HEIF" and not heic_is_read():
        raise PhotoHeic(
            "The file is a HEIC photo, as iPhones store them, and the codec for it is not installed. Share or export "
            "it as a JPEG, or set the camera to “Most compatible”; where the software runs, pip install pillow-heif."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield kind
    except Image.DecompressionBombError as error:
        raise _too_large(f"more than {2 * (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000}") from error
    except UNDECODABLE as error:
        raise _undecodable(data, kind) from error


def _undecodable(data: bytes, kind: str) -> AssessmentError:
    if kind == "JPEG" and jpeg_frame(data) in ARITHMETIC:
        return PhotoCodingUnread(
            "The photo is a JPEG with arithmetic coding, which is not read here. Save it again as a usual JPEG."
        )
    return PhotoTruncated("The photo is cut off or damaged and cannot be decoded. Copy it again or take a new one.")


def _check_header(image: Image.Image) -> None:
    width, height = image.size
    reduced = image.format in STILL_FIRST[:2] and "progressive" not in image.info
    at_most = MAX_MEGAPIXELS_REDUCED if reduced else MAX_MEGAPIXELS
    if width * height > at_most * 1_000_000:
        raise _too_large(f"{width * height / 1e6:.0f}", at_most)
    if getattr(image, "n_frames", 1) > 1 and image.format not in STILL_FIRST:
        raise PhotoAnimated("The file is an animation. Save one frame of it as a photo.")
    if min(width, height) < MIN_SIDE_PX:
        raise PhotoTooSmall(
            f"The photo is {width} × {height} pixels; the shorter side needs at least {MIN_SIDE_PX}. "
            "Use the photo as the camera took it."
        )
    if max(width, height) > MAX_ELONGATION * min(width, height):
        raise PhotoTooElongated(
            f"The photo is {width} × {height} pixels, more than {MAX_ELONGATION} times as long as wide. "
            "Crop it to the face."
        )


def _too_large(megapixels: str, at_most: int = MAX_MEGAPIXELS_REDUCED) -> PhotoTooLarge:
    return PhotoTooLarge(
        f"The photo has {megapixels} megapixels; at most {at_most} are read. Save it at a smaller size."
    )


def _reduction(short_side_px: int) -> int:
    return max(k for k in (1, 2, 4, 8) if k == 1 or short_side_px // k >= WORKING_SIDE_PX)
