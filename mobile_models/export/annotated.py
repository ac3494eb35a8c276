"""Photos with known boxes, from a folder laid out as YOLO does: what files are calibrated and compared on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mobile_models.image import Photo, read_photo, square_crop
from mobile_models.lesions import FloatArray

RENDERED = Path(__file__).parent / "rendered"
"""Faces that `python -m training.synthetic photos` rendered."""

CALIBRATE_ON, COMPARE_ON = "train", "valid"
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


class DataUnusable(ValueError):
    """A folder of photos that nothing can be calibrated or compared on; the message says what is missing."""


@dataclass(frozen=True)
class AnnotatedPhoto:
    """A photo and the boxes of every lesion on it.

    Attributes:
        photo: Decoded and upright.
        boxes: (n, 4) x0 y0 x1 y1 in pixels of the whole upright photo.
    """

    photo: Photo
    boxes: FloatArray


def read_photos(folder: Path, split: str, at_most: int) -> list[AnnotatedPhoto]:
    """Read at most so many photos of ``folder/images/<split>``, evenly spaced by name, with ``folder/labels/<split>``.

    A photo without a label file has no lesion.

    Raises:
        DataUnusable: no photo there, or a label that is no YOLO line.
    """
    images = folder / "images" / split
    paths = sorted(path for path in images.glob("*") if path.suffix.lower() in SUFFIXES)
    if not paths:
        raise DataUnusable(
            f"{images} holds no photo. Name a folder with images/{CALIBRATE_ON}, images/{COMPARE_ON} and YOLO "
            "labels beside them, or leave --data out to use the rendered faces."
        )
    at = np.linspace(0, len(paths) - 1, min(at_most, len(paths))).round().astype(int)
    chosen = [paths[i] for i in at]
    return [_annotated(path, folder / "labels" / split / f"{path.stem}.txt") for path in chosen]


def squares(photos: Sequence[AnnotatedPhoto], size_px: int, pad_value: int) -> list[npt.NDArray[np.float32]]:
    """Return the (1, S, S, 3) float32 input that the model sees of each photo."""
    return [square_crop(photo.photo, None, pad_value).tensor(size_px) for photo in photos]


def _annotated(path: Path, label: Path) -> AnnotatedPhoto:
    photo = read_photo(path)
    lines = label.read_text(encoding="utf-8").split("\n") if label.is_file() else []
    try:
        rows = np.array([[float(v) for v in line.split()[1:5]] for line in lines if line.strip()]).reshape(-1, 4)
    except ValueError as error:
        raise DataUnusable(f"{label} is not YOLO: each line is a class and four numbers") from error
    middle, half = rows[:, :2], rows[:, 2:] / 2
    scale = np.array([photo.width_px, photo.height_px] * 2)
    return AnnotatedPhoto(photo, np.hstack((middle - half, middle + half)) * scale)
