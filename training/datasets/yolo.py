"""Reader of YOLO text labels: one file a photo, one ``class cx cy w h`` line a box, relative to the photo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

IMAGE_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


class LabelError(ValueError):
    """A label file that can not be read; the message names file and line."""


def read_boxes(label_file: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the classes (n,) int64 and boxes (n, 4) float32 x0 y0 x1 y1 of one label file.

    A missing file means no boxes. Boxes are clipped to the photo; those without area are dropped.

    Raises:
        LabelError: a line is not five finite numbers.
    """
    rows: list[list[float]] = []
    for number, line in enumerate(label_file.read_text().splitlines() if label_file.exists() else [], 1):
        if not line.strip():
            continue
        try:
            values = [float(word) for word in line.split()]
        except ValueError:
            values = []
        if len(values) != 5 or not np.isfinite(values).all():
            raise LabelError(f"{label_file}:{number}: expected 'class cx cy w h', got {line!r}")
        rows.append(values)
    table = np.array(rows, dtype=np.float32).reshape(-1, 5)
    centre, half = table[:, 1:3], table[:, 3:5] / 2
    boxes = np.concatenate([centre - half, centre + half], axis=1).clip(0, 1)
    kept = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
    return table[kept, 0].astype(np.int64), boxes[kept]


def read_folder(images: Path, labels: Path) -> Iterator[tuple[Path, np.ndarray, np.ndarray]]:
    """Yield (photo, classes, boxes) for every image in a folder, in the order of their names."""
    for image in sorted(images.iterdir()):
        if image.suffix.lower() in IMAGE_SUFFIXES:
            yield image, *read_boxes(labels / f"{image.stem}.txt")
