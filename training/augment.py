"""Random views of a photo for training: what is drawn is apart from how it is applied.

A view is a place, a distance and a turn; what light and phone do to it is ``training.degrade``'s.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mobile_models.exposure import REFERENCE, exposed_level
from mobile_models.image import PAD_VALUE
from training.array import Array
from training.degrade import Degradation

MEASURED_PX = 96
"""Side of the small copy on which a spoilt photo's light is measured."""

cv2.setNumThreads(0)  # The training threads need the cores; OpenCV's own only get in their way.


@dataclass(frozen=True)
class View:
    """One draw of an augmentation.

    Attributes:
        matrix: (2, 3) affine map from photo pixels to canvas pixels; it enlarges nothing.
    """

    matrix: Array


def draw_view(
    rng: np.random.Generator,
    photo_px: tuple[int, int],
    boxes_px: Array,
    focus: Array,
    scale_range: tuple[float, float],
    size_px: int,
    quarter_turns: float = 0.2,
) -> View:
    """Draw a view onto a ``size_px`` square canvas, four times in five centred near a lesion.

    Args:
        rng: Source of randomness.
        photo_px: Width and height of the photo.
        boxes_px: (n, 4) x0 y0 x1 y1 in photo pixels.
        focus: (n,) how much more often the view is centred near one lesion than near another.
        scale_range: Smallest and largest magnification, of a photo brought to 640 px on its long side. None is
            larger than the photo's own pixels: enlarging adds none.
        size_px: Side of the canvas.
        quarter_turns: Share of views turned by up to 90° either way; the rest is held as a hand holds it.
    """
    width_px, height_px = photo_px
    scale = float(np.exp(rng.uniform(*np.log(scale_range)))) * 640 / max(width_px, height_px)
    stretch = float(np.exp(rng.uniform(-0.08, 0.08)))
    scale = min(scale, 1 / max(stretch, 1 / stretch))
    angle = rng.normal(0, 8) if rng.random() >= quarter_turns else rng.uniform(-90, 90)
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    turn = np.deg2rad(angle)
    linear = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    linear = linear @ np.diag([mirror * stretch, 1 / stretch])
    spread = size_px / scale
    if len(boxes_px) and rng.random() < 0.8:
        box = boxes_px[rng.choice(len(boxes_px), p=focus / focus.sum())]
        centre = (box[:2] + box[2:]) / 2 + rng.uniform(-0.4, 0.4, 2) * spread
    else:
        centre = rng.uniform(0, 1, 2) * (width_px, height_px)
    half = np.minimum(spread, (width_px, height_px)) / 2
    centre = np.clip(centre, half, np.array([width_px, height_px]) - half)
    offset = size_px / 2 - linear @ centre
    return View(np.concatenate([linear, offset[:, None]], axis=1))


def as_a_phone_hands_it_on(canvas: Array, photo: Array, view: View, degradation: Degradation) -> Array:
    """Return the canvas spoilt, and then brought to the reference light by what the whole spoilt photo measures.

    Args:
        canvas: (S, S, 3) uint8, what ``apply_view`` gave.
        photo: (H, W, 3) uint8, the photo it was cut from.
        view: The view it was cut by.
        degradation: What is done to it.
    """
    height, width = photo.shape[:2]
    scale = float(np.sqrt(abs(np.linalg.det(view.matrix[:, :2]))))
    spoilt = degradation.apply(canvas, width_px=scale * width)
    small = cv2.resize(photo, (MEASURED_PX, MEASURED_PX), interpolation=cv2.INTER_AREA)
    light = REFERENCE.gain_of(degradation.apply(small))
    full = np.full((height, width), 255, dtype=np.uint8)
    seen = cv2.warpAffine(full, view.matrix, canvas.shape[1::-1], flags=cv2.INTER_NEAREST)
    exposed = cv2.LUT(spoilt, exposed_level(light))
    return np.where(seen[..., None] > 0, exposed, np.uint8(PAD_VALUE))


def apply_view(image: Array, boxes_px: Array, view: View, size_px: int) -> tuple[Array, Array, Array]:
    """Return (canvas (S, S, 3) uint8, boxes (m, 4) in canvas pixels, kept (n,) bool).

    A box stays when at least 40 % of its area is on the canvas and it is at least 3 px on both sides.
    """
    canvas = cv2.warpAffine(
        image,
        view.matrix,
        (size_px, size_px),
        flags=cv2.INTER_AREA if np.linalg.det(view.matrix[:, :2]) ** 2 < 0.25 else cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(PAD_VALUE,) * 3,
    )
    corners = boxes_px[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2) @ view.matrix[:, :2].T + view.matrix[:, 2]
    # A rotated lesion is round, not rectangular: its box keeps the mean of the two spans it could have.
    span = (corners.max(1) - corners.min(1)) * 0.5 + _upright_span(boxes_px, view) * 0.5
    centre = (corners.max(1) + corners.min(1)) / 2
    whole = np.concatenate([centre - span / 2, centre + span / 2], axis=1)
    clipped = whole.clip(0, size_px)
    sides = clipped[:, 2:] - clipped[:, :2]
    visible = (sides.min(axis=1, initial=np.inf) >= 3) & (sides.prod(1) >= 0.4 * span.prod(1))
    return canvas, clipped[visible], visible


def _upright_span(boxes_px: Array, view: View) -> Array:
    scale = np.sqrt(abs(np.linalg.det(view.matrix[:, :2])))
    value: Array = (boxes_px[:, 2:] - boxes_px[:, :2]) * scale
    return value
