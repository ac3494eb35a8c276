"""Two campaigns that boxed the same photos by different rules, as one annotation.

What only one of them has is a lesion of its own rules, and no background for the other. Measured on ACNE04: what only
the second has are mostly skin-coloured bumps of 12 of 1024 pixels, what only the first has flat red marks and loose
boxes around groups.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from training.datasets.photo import BUMP, UNKNOWN, AnnotatedPhoto
from training.datasets.yolo import read_boxes

UNFINISHED = 0.5
"""A second campaign that has fewer than this share of the first's boxes was left off half way: it is dropped."""

SMALL = 20 / 1024
"""A box that only the second has is a comedo or a papule below this share of the photo's side, as √area."""

SECOND_STANDS = 0.15
"""Share of the target of a box that only the second has: ranks what both would count above it. A guess, not fitted."""

ONE_CAMPAIGN = (0.3, 0.7, 1.0, 1.0)
"""Weight of unboxed skin against each type where the second is missing: it would have boxed small bumps there."""


def united(photo: AnnotatedPhoto, second: Path) -> AnnotatedPhoto:
    """Return the photo with the boxes of a second label file whose centres lie in no box of its own.

    Raises:
        LabelError: the file can not be read.
    """
    boxes = read_boxes(second)[1]
    if not second.exists() or len(boxes) < UNFINISHED * len(photo.boxes):
        return replace(photo, background=np.minimum(photo.background, np.array(ONE_CAMPAIGN, dtype=np.float32)))
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    inside = (centres[:, None] >= photo.boxes[None, :, :2]) & (centres[:, None] <= photo.boxes[None, :, 2:])
    new = boxes[~inside.all(axis=2).any(axis=1)]
    small = np.sqrt((new[:, 2:] - new[:, :2]).prod(axis=1)) < SMALL
    standing = np.ones(len(photo.boxes) + len(new), dtype=np.float32)
    standing[len(photo.boxes) :] = SECOND_STANDS
    return replace(
        photo,
        boxes=np.concatenate([photo.boxes, new]),
        types=np.concatenate([photo.types, np.where(small, BUMP, UNKNOWN)]),
        standing=standing,
    )
