"""Apparent skin tone of a photo, from its skin pixels.

Tone is the individual typology angle ITA = atan2(L* − 50, b*) in degrees (Chardon 1991), with the groups of Del
Bino 2013. It is apparent: light and camera move it, so groups are compared within one source only.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from mobile_models.quality import SKIN_LOG_G_B, SKIN_LOG_R_B, SKIN_LOG_R_G
from training.array import Array

TONES = (("dark", -30.0), ("brown", 10.0), ("tan", 28.0), ("intermediate", 41.0), ("light", 55.0))
"""A tone's ITA is at most its bound; above the last it is very light."""

DARKEST = ("dark", "brown")
"""Tones with an ITA up to 10°."""

VERY_LIGHT = "very light"
UNSEEN = "no skin seen"
SIDE_PX = 256
SKIN_LEAST = 500
GROWN = 1.5
MIDDLE = (30, 90)
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def tone_group(ita: float) -> str:
    """Return the name of the tone group of an ITA in degrees; NaN is "no skin seen"."""
    if np.isnan(ita):
        return UNSEEN
    return next((name for name, most in TONES if ita <= most), VERY_LIGHT)


def apparent_tone(pixels: Image.Image, boxes: Array) -> float:
    """Return the ITA in degrees of the skin beside the lesions; NaN where too little is seen.

    The pixels are those of the photo at 256 px whose ratios of red, green and blue are skin's (the phone's
    own bounds, which know no brightness), outside every annotated box grown by a half, and between the
    30th and the 90th percentile of their luminance: neither hair nor shadow, nor gloss.

    Args:
        pixels: Upright RGB photo.
        boxes: (n, 4) annotated boxes relative to width and height.
    """
    scale = SIDE_PX / max(pixels.size)
    size = max(1, round(pixels.width * scale)), max(1, round(pixels.height * scale))
    rgb = np.asarray(pixels.resize(size, Image.Resampling.BOX), dtype=np.float64)
    red, green, blue = np.log(rgb + 2).transpose(2, 0, 1)
    skin = ~_boxed(boxes, rgb.shape[:2])
    for ratio, (low, high) in ((red - green, SKIN_LOG_R_G), (green - blue, SKIN_LOG_G_B), (red - blue, SKIN_LOG_R_B)):
        skin &= (ratio > low) & (ratio < high)
    if skin.sum() < SKIN_LEAST:
        return float("nan")
    lab = srgb_to_lab(rgb[skin] / 255)
    low, high = np.percentile(lab[:, 0], MIDDLE)
    return ita_of(np.median(lab[(lab[:, 0] >= low) & (lab[:, 0] <= high)], axis=0))


def srgb_to_lab(rgb: Array) -> Array:
    """Return (n, 3) CIE L*a*b*, D65, of (n, 3) sRGB in 0–1 (IEC 61966-2-1, CIE 15)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    relative = linear @ XYZ.T / WHITE
    root = np.where(relative > 216 / 24389, np.cbrt(relative), (24389 / 27 * relative + 16) / 116)
    x, y, z = root.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def ita_of(lab: Array) -> float:
    """Return the individual typology angle in degrees of one L*a*b*."""
    return float(np.degrees(np.arctan2(lab[0] - 50, lab[2])))


def _boxed(boxes: Array, shape: tuple[int, ...]) -> Array:
    mask = np.zeros(shape[:2], dtype=bool)
    height, width = shape[:2]
    for x0, y0, x1, y1 in boxes:
        across, down = (x1 - x0) * (GROWN - 1) / 2, (y1 - y0) * (GROWN - 1) / 2
        rows = slice(int(max(0, (y0 - down) * height)), int(np.ceil((y1 + down) * height)))
        mask[rows, int(max(0, (x0 - across) * width)) : int(np.ceil((x1 + across) * width))] = True
    return mask
