"""Random views of a photo for training: what is drawn is apart from how it is applied."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mobile_models.image import PAD_VALUE

cv2.setNumThreads(0)  # The training threads need the cores; OpenCV's own only get in their way.


@dataclass(frozen=True)
class View:
    """One draw of an augmentation.

    Attributes:
        matrix: (2, 3) affine map from photo pixels to canvas pixels.
        gain: (3,) factor a colour channel (RGB), so that light and camera vary.
        gamma: Exponent of the tone curve.
        blur_px: Standard deviation of a Gaussian blur in canvas pixels, 0 for none.
        noise: Standard deviation of sensor noise in grey levels.
    """

    matrix: np.ndarray
    gain: np.ndarray
    gamma: float
    blur_px: float
    noise: float


def draw_view(
    rng: np.random.Generator,
    photo_px: tuple[int, int],
    boxes_px: np.ndarray,
    focus: np.ndarray,
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
        scale_range: Smallest and largest magnification, of a photo brought to 640 px on its long side.
        size_px: Side of the canvas.
        quarter_turns: Share of views turned by up to 90° either way; the rest is held as a hand holds it.
    """
    width_px, height_px = photo_px
    scale = float(np.exp(rng.uniform(*np.log(scale_range)))) * 640 / max(width_px, height_px)
    stretch = float(np.exp(rng.uniform(-0.08, 0.08)))
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
    return View(
        matrix=np.concatenate([linear, offset[:, None]], axis=1),
        gain=np.exp(rng.normal(0, 0.1) + rng.normal(0, 0.04, 3)),
        gamma=float(np.exp(rng.normal(0, 0.15))),
        blur_px=float(rng.uniform(0.3, 1.2)) if rng.random() < 0.15 else 0.0,
        noise=float(rng.uniform(1, 8)) if rng.random() < 0.2 else 0.0,
    )


def despeckle(image: np.ndarray) -> np.ndarray:
    """Return the photo without isolated salt-and-pepper pixels, all others untouched."""
    smooth = cv2.medianBlur(image, 3)
    speck = np.abs(image.astype(np.int16) - smooth).max(axis=2) > 60
    return np.where(speck[..., None], smooth, image)


def apply_view(
    image: np.ndarray, boxes_px: np.ndarray, view: View, size_px: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (canvas (S, S, 3) uint8, boxes (m, 4) in canvas pixels, kept (n,) bool).

    A box stays when at least 40 % of its area is on the canvas and it is at least 3 px on both sides.
    ``rng`` feeds the sensor noise only.
    """
    canvas = cv2.warpAffine(
        image,
        view.matrix,
        (size_px, size_px),
        flags=cv2.INTER_AREA if np.linalg.det(view.matrix[:, :2]) ** 2 < 0.25 else cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(PAD_VALUE,) * 3,
    )
    if view.blur_px:
        canvas = cv2.GaussianBlur(canvas, (0, 0), view.blur_px)
    levels = (np.linspace(0, 1, 256) ** view.gamma)[:, None] * 255 * view.gain
    canvas = cv2.LUT(canvas, levels.clip(0, 255).astype(np.uint8)[None])
    if view.noise:
        grain = rng.normal(0, view.noise, canvas.shape[:2])[..., None]
        canvas = (canvas + grain).clip(0, 255).astype(np.uint8)
    corners = boxes_px[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2) @ view.matrix[:, :2].T + view.matrix[:, 2]
    # A rotated lesion is round, not rectangular: its box keeps the mean of the two spans it could have.
    span = (corners.max(1) - corners.min(1)) * 0.5 + _upright_span(boxes_px, view) * 0.5
    centre = (corners.max(1) + corners.min(1)) / 2
    whole = np.concatenate([centre - span / 2, centre + span / 2], axis=1)
    clipped = whole.clip(0, size_px)
    sides = clipped[:, 2:] - clipped[:, :2]
    kept = (sides.min(axis=1, initial=np.inf) >= 3) & (sides.prod(1) >= 0.4 * span.prod(1))
    return canvas, clipped[kept], kept


def _upright_span(boxes_px: np.ndarray, view: View) -> np.ndarray:
    scale = np.sqrt(abs(np.linalg.det(view.matrix[:, :2])))
    return (boxes_px[:, 2:] - boxes_px[:, :2]) * scale
