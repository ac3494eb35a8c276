"""The capture gate: is there skin, is it sharp, is it well lit, and what to tell the person if not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from mobile_models.image import Photo
from mobile_models.lesions import FloatArray
from mobile_models.zones import ZoneTable

SIDE_PX = 512
BLOCK_PX = 8

SKIN_LOG_R_G = (0.025, 0.75)
SKIN_LOG_G_B = (-0.20, 0.60)
SKIN_LOG_R_B = (0.05, 1.10)
"""Haemoglobin and melanin make skin reflect red > green ≳ blue whatever its tone, so it is known by ratios,
never by brightness. The bounds hold the Monk scale's ten tones and reject grey, white, blue and green."""

SKIN_ROUGHNESS = 0.35
"""Most a block of skin scatters in luminance, relative to its mean; print and noise scatter more."""

LITTLE_SKIN_GUIDED = 0.30
LITTLE_SKIN_UNGUIDED = 0.12
BLURRED = 0.016
FEATURELESS = 0.001
DARK = 0.06
CLIPPED = 0.25
SMALL_PX = 320

MESSAGES = {
    "little_skin": "Little skin is seen, so no grade is given. Fill the oval with the bare face, in even "
    "white light, without a mask or a filter.",
    "featureless": "The photo shows no detail at all, so no grade is given. Uncover the lens and take it again.",
    "blurred": "The photo is blurred, so small lesions may be missed. Wipe the lens, hold still and tap the "
    "face to focus.",
    "dark": "The photo is dark. Face a window or turn on a light, and take it again.",
    "overexposed": "Much of the photo is burnt out white. Turn the flash off or step out of direct sun.",
    "small": "The photo is small, so small lesions may be missed. Send it as the camera took it.",
}


@dataclass(frozen=True)
class Quality:
    """What the gate measured of one photo, and what it says to the person.

    Attributes:
        skin_fraction: share of the oval (without a guide: of the photo) that looks like skin.
        sharpness: 90th percentile of |Laplacian| over luminance in skin, at 512 px; falls with blur.
        brightness: median luminance of skin, 0–1. Skin tone moves it, so only near-black is called dark.
        warnings: codes of `MESSAGES`.
    """

    skin_fraction: float
    sharpness: float
    brightness: float
    warnings: tuple[str, ...]

    @property
    def ungradable(self) -> str | None:
        """Why no grade may be given; None where one may."""
        if "little_skin" in self.warnings:
            return "little skin is seen"
        return "no detail is seen" if "featureless" in self.warnings else None

    def to_json(self) -> dict[str, Any]:
        """The quality as it stands in an assessment."""
        return {
            "ok": not self.warnings,
            "skin_fraction": round(self.skin_fraction, 4),
            "sharpness": round(self.sharpness, 4),
            "brightness": round(self.brightness, 4),
            "warnings": [{"code": code, "message": MESSAGES[code]} for code in self.warnings],
        }


def judge(photo: Photo, oval: ZoneTable | None) -> Quality:
    """Measure a photo within the guide's oval, or without one as a whole."""
    rgb, luminance = _blocks(photo.pixels)
    within = _inside_oval(rgb.shape[:2], oval)
    mean = luminance.mean(axis=(2, 3))
    skin = _skin(rgb.mean(axis=(2, 3)), luminance.std(axis=(2, 3)) / (mean + 1)) & within
    judged = skin if skin.any() else within
    measured = {
        "skin_fraction": float(skin.sum() / within.sum()),
        "sharpness": float(np.percentile((_laplacian(luminance) / (mean + 4))[judged], 90)),
        "brightness": float(np.median(mean[judged]) / 255),
    }
    enough = LITTLE_SKIN_UNGUIDED if oval is None else LITTLE_SKIN_GUIDED
    found = {
        "little_skin": measured["skin_fraction"] < enough,
        "featureless": measured["sharpness"] < FEATURELESS,
        "blurred": FEATURELESS <= measured["sharpness"] < BLURRED,
        "dark": measured["brightness"] < DARK,
        "overexposed": float((rgb.min(axis=(2, 3, 4)) >= 250)[within].mean()) > CLIPPED,
        "small": min(photo.width_px, photo.height_px) < SMALL_PX,
    }
    return Quality(**measured, warnings=tuple(code for code, wrong in found.items() if wrong))


def _blocks(pixels: Image.Image) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """RGB [rows, columns, 8, 8, 3] and luminance [rows, columns, 8, 8] of the photo at 512 px."""
    scale = SIDE_PX / max(pixels.size)
    columns, rows = (max(1, round(side * scale / BLOCK_PX)) for side in pixels.size)
    size = (columns * BLOCK_PX, rows * BLOCK_PX)
    small = pixels.resize(size, Image.Resampling.BILINEAR, reducing_gap=1.0)
    rgb = np.asarray(small, dtype=np.float32).reshape(rows, BLOCK_PX, columns, BLOCK_PX, 3).swapaxes(1, 2)
    rgb = np.ascontiguousarray(rgb)
    return rgb, rgb @ np.array([0.299, 0.587, 0.114], dtype=np.float32)


def _inside_oval(shape: tuple[int, ...], oval: ZoneTable | None) -> npt.NDArray[np.bool_]:
    if oval is None:
        return np.ones(shape, dtype=np.bool_)
    down, across = np.indices(shape)
    points = np.stack([across.ravel() + 0.5, down.ravel() + 0.5], axis=1)
    radius = np.hypot(*oval.oval_coordinates(points, shape[1], shape[0]).T)
    return np.asarray(radius <= 1).reshape(shape)


def _skin(rgb: npt.NDArray[np.float32], roughness: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Blocks of skin: smooth, in the bounds, and not alone: six of the nine around are such, too."""
    red, green, blue = np.log(rgb + 2).transpose(2, 0, 1)
    alike = roughness < SKIN_ROUGHNESS
    for ratio, (low, high) in (
        (red - green, SKIN_LOG_R_G),
        (green - blue, SKIN_LOG_G_B),
        (red - blue, SKIN_LOG_R_B),
    ):
        alike &= (ratio > low) & (ratio < high)
    around = np.pad(alike.astype(np.int64), 1, mode="edge")
    rows, columns = alike.shape
    neighbours = sum(around[i : i + rows, j : j + columns] for i in range(3) for j in range(3))
    return alike & (neighbours >= 6)


def _laplacian(luminance: npt.NDArray[np.float32]) -> FloatArray:
    """[rows, columns] mean |Laplacian| inside each block."""
    inner = luminance[:, :, 1:-1, 1:-1]
    around = luminance[:, :, :-2, 1:-1] + luminance[:, :, 2:, 1:-1]
    beside = luminance[:, :, 1:-1, :-2] + luminance[:, :, 1:-1, 2:]
    edges: FloatArray = np.abs(4 * inner - around - beside).mean(axis=(2, 3))
    return edges
