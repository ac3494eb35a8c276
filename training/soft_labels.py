"""What a teacher sees on one photo, as a value and as a file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.array import Array
from training.datasets.photo import AnnotatedPhoto


@dataclass(frozen=True)
class SoftLabels:
    """Possible lesions of one photo, best first.

    Attributes:
        boxes: (n, 4) float32 x0 y0 x1 y1 relative to width and height.
        any: (n,) float32 P(any lesion).
        shares: (n, 4) float32 P(type | lesion), rows of sum 1.
    """

    boxes: Array
    any: Array
    shares: Array

    def __len__(self) -> int:
        return len(self.any)

    def taken(self, rows: Array) -> SoftLabels:
        """Return the rows of an index or a mask."""
        return SoftLabels(self.boxes[rows], self.any[rows], self.shares[rows])


def label_path(folder: Path, photo: AnnotatedPhoto) -> Path:
    """Return where a photo's soft labels lie below a teacher's folder."""
    return folder / photo.source / f"{photo.path.name}.npz"


def write_labels(labels: SoftLabels, path: Path) -> None:
    """Write one photo's labels; a kill leaves the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".tmp")
    with scratch.open("wb") as file:
        np.savez(file, boxes=labels.boxes, any=labels.any, shares=labels.shares)
    os.replace(scratch, path)


def read_labels(path: Path) -> SoftLabels:
    """Read what ``write_labels`` wrote."""
    with np.load(path) as file:
        return SoftLabels(file["boxes"], file["any"], file["shares"])
