"""What every format's reader hands over: photos with named boxes, before names become lesion types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from training.array import Array

FAR_OUTSIDE = 0.5
"""A box that reaches this far beyond its photo (a share of its side) was not drawn on it."""


SHOWN = 10
"""How many labels that can not be read one message names."""


class LabelError(ValueError):
    """A label that can not be read; the message names the file, the entry and the remedy."""


@dataclass(frozen=True)
class Labelled:
    """One annotated photo.

    Attributes:
        path: The image file.
        words: (n) class names as the annotators wrote them, one a box.
        boxes: (n, 4) float32 x0 y0 x1 y1, relative to the upright photo, 0–1.
    """

    path: Path
    words: tuple[str, ...]
    boxes: Array


@dataclass
class Reading:
    """All of a folder.

    Attributes:
        declared: Class names the folder says its annotators used; those found on boxes where it says nothing.
        photos: In the order of their paths.
        notes: What was left out and why, a line each.
        errors: What could not be read so far: all of it is told at once.
    """

    declared: list[str]
    photos: list[Labelled] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    errors: list[LabelError] = field(default_factory=list)

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Go on after a label that can not be read; `finished` names it together with the others."""
        try:
            yield
        except LabelError as error:
            self.errors.append(error)

    def add(self, path: Path, words: Sequence[str], corners: object, where: str) -> None:
        """Take one photo's boxes, ``corners`` (n, 4) relative x0 y0 x1 y1.

        Boxes that overhang the edge are clipped; boxes without area, and a box written twice, are left out and noted.

        Raises:
            LabelError: a number is not finite, or a box lies far outside the photo.
        """
        boxes = np.array(corners, dtype=np.float64).reshape(-1, 4)
        if not np.isfinite(boxes).all():
            number = int(np.flatnonzero(~np.isfinite(boxes).all(axis=1))[0]) + 1
            raise LabelError(f"{where}: box {number} is not four finite numbers; correct or delete it")
        far = (boxes < -FAR_OUTSIDE) | (boxes > 1 + FAR_OUTSIDE)
        if far.any():
            number = int(np.flatnonzero(far.any(axis=1))[0]) + 1
            raise LabelError(
                f"{where}: box {number} lies outside its photo; boxes are measured on the upright photo, in the "
                "units of the format (YOLO: shares of width and height; pixels elsewhere)"
            )
        boxes = boxes.clip(0, 1).astype(np.float32)
        entries = list(zip(words, map(tuple, boxes.tolist()), strict=True))
        first = {entry: place for place, entry in reversed(list(enumerate(entries)))}
        new = np.array([first[entry] == place for place, entry in enumerate(entries)], dtype=bool)
        solid = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
        for left, why in ((~solid, "without area"), (solid & ~new, "written twice")):
            if left.any():
                self.notes.append(f"{where}: {int(left.sum())} box(es) {why} left out")
        usable = solid & new
        self.photos.append(Labelled(path, tuple(w for w, k in zip(words, usable, strict=True) if k), boxes[usable]))

    def finished(self) -> Reading:
        """Sort the photos; where nothing was declared, what was found stands for it.

        Raises:
            LabelError: naming every label that could not be read, the first `SHOWN` in full.
        """
        if self.errors:
            more = [f"and {len(self.errors) - SHOWN} more"] if len(self.errors) > SHOWN else []
            raise LabelError("\n".join([*map(str, self.errors[:SHOWN]), *more]))
        self.photos.sort(key=lambda photo: photo.path)
        self.declared = self.declared or sorted({word for photo in self.photos for word in photo.words})
        return self
