"""Lesions taken out of a photo: skin drawn over them, in the colour of what is around and with its grain.

An edit like this shows a face with fewer lesions and nothing else changed. It has no light, angle or day of its own,
and no mark where a lesion heals; the redness that reaches far beyond a box stays.
"""

from __future__ import annotations

import cv2
import numpy as np

from training.array import Array

GROWN = 1.35
"""An ellipse this much larger than the box is drawn over: boxes end where annotators saw the lesion end."""

AROUND = 5.0
"""Side of the window that colour and grain are taken from, in sides of the box."""

FEATHER = 0.08
"""Width of the seam, in sides of the box."""


def erase(pixels: Array, places: Array, spared: Array) -> Array:
    """Return a copy of a photo with skin drawn over some places.

    Args:
        pixels: (height, width, 3) uint8 RGB.
        places: (n, 4) boxes x0 y0 x1 y1 in pixels that are drawn over, each as an ellipse.
        spared: (m, 4) boxes of lesions that stay: nothing is drawn over them, and neither colour nor grain is
            taken from them.
    """
    edited = pixels.copy()
    shape = pixels.shape[:2]
    stays = ellipses(shape, spared, 1.0)
    foreign = ellipses(shape, np.concatenate([places, spared]), GROWN)
    for place in places:
        window = _window(place, shape)
        hole = ellipses(shape, place[None], GROWN)[window] & ~stays[window]
        if hole.any():
            side = float(np.sqrt((place[2:] - place[:2]).prod()))
            edited[window] = _healed(edited[window], hole, foreign[window], stays[window], side)
    return edited


def ellipses(shape: tuple[int, ...], boxes: Array, grown: float) -> Array:
    """Return a (height, width) mask of the ellipses in boxes (n, 4) in pixels, made larger by a factor."""
    mask = np.zeros(shape, dtype=np.uint8)
    for x0, y0, x1, y1 in boxes.tolist():
        centre, size = ((x0 + x1) / 2, (y0 + y1) / 2), (max((x1 - x0) * grown, 3), max((y1 - y0) * grown, 3))
        cv2.ellipse(mask, (centre, size, 0.0), 1, thickness=-1)
    return mask.astype(bool)


def _window(place: Array, shape: tuple[int, ...]) -> tuple[slice, slice]:
    centre, reach = (place[:2] + place[2:]) / 2, max(8.0, float((place[2:] - place[:2]).max()) * AROUND / 2)
    (left, top), (right, bottom) = np.floor(centre - reach).astype(int), np.ceil(centre + reach).astype(int)
    return slice(max(0, top), min(shape[0], bottom)), slice(max(0, left), min(shape[1], right))


def _healed(pixels: Array, hole: Array, foreign: Array, stays: Array, side: float) -> Array:
    """Return a window with its hole filled: smooth colour from the rim, grain from skin nearby."""
    sigma = max(1.0, 0.12 * side)
    image = pixels.astype(np.float32)
    colour = _colour(image, ~foreign, hole, sigma)
    grain = np.where(foreign[..., None], 0, image - colour)
    rows, columns = _donor(colour, grain, hole, foreign)
    filled = colour + np.roll(grain, (rows, columns), axis=(0, 1))
    share = cv2.GaussianBlur(hole.astype(np.float32), (0, 0), max(0.6, FEATHER * side))
    share = np.where(stays, 0, np.maximum(share, cv2.erode(hole.astype(np.uint8), np.ones((3, 3)))))[..., None]
    value: Array = (image + share * (filled - image) + 0.5).clip(0, 255).astype(np.uint8)
    return value


def _colour(image: Array, known: Array, hole: Array, sigma: float) -> Array:
    """Return the window without its grain; what is not known is inpainted from the rim (Telea 2004)."""
    weight = cv2.GaussianBlur(known.astype(np.float32), (0, 0), sigma)
    smooth = cv2.GaussianBlur(image * known[..., None], (0, 0), sigma) / np.maximum(weight, 1e-3)[..., None]
    unknown = weight < 0.3
    inpainted = cv2.inpaint(smooth.clip(0, 255).astype(np.uint8), unknown.astype(np.uint8), 5, cv2.INPAINT_TELEA)
    softened = cv2.GaussianBlur(inpainted.astype(np.float32), (0, 0), sigma)
    return np.where((hole | unknown)[..., None], softened, smooth)


def _donor(colour: Array, grain: Array, hole: Array, foreign: Array) -> tuple[int, int]:
    """Return the (rows, columns) that grain is moved by: from clear skin nearby that is neither smooth nor rough.

    The smoothest would show as a blur; the roughest is hair, a fold or print.
    """
    rows, columns = np.nonzero(hole)
    extent = max(np.ptp(rows), np.ptp(columns)) + 1
    places = []
    for distance in (0.9, 1.2, 1.5):
        for angle in np.arange(0, 2 * np.pi, np.pi / 8):
            down, right = round(distance * extent * np.sin(angle)), round(distance * extent * np.cos(angle))
            there = rows - down, columns - right
            inside = (there[0] >= 0) & (there[0] < hole.shape[0]) & (there[1] >= 0) & (there[1] < hole.shape[1])
            if inside.all():
                rough = float(colour[there].std(axis=0).mean() + np.abs(grain[there]).mean())
                places.append((float(foreign[there].mean()), rough, (down, right)))
    clearest = min((place[0] for place in places), default=0.0) + 0.02
    clear = sorted(place[1:] for place in places if place[0] <= clearest)
    return clear[len(clear) // 3][1] if clear else (0, 0)
