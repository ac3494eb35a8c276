"""How many of a photo's lesions are still counted: predicted from light, noise, sharpness and motion of its skin.

The model looks at a square; so does this, at the square's levels as they came. Luminance and the difference of red
and green are brought to the reference light, so that noise and blur weigh as they do for the model, and are looked at
on three scales: the square itself, its half and its quarter, each in blocks of 8 × 8 pixels. Means over blocks are
summed up by their quantiles over the skin. A logistic function of these figures, fitted on degraded copies of real
photos, gives the share of lesions that is still counted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from mobile_models.exposure import Levels, luminance
from mobile_models.lesions import FloatArray

BLOCK_PX = 8
SCALES = (1, 2, 4)
LUMINANCE = (0.299, 0.587, 0.114)
MIDDLE_PX = 512
MOST_SPREADS = 3
FEWEST_BLOCKS = 6
"""Fewer blocks of skin than these on a scale, and everything within is looked at."""

Blocks = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Legibility:
    """The fitted function of a manifest's "gate.legibility".

    Attributes:
        names: of the figures that it takes, as `measure` calls them.
        centre, spread: [n] of each.
        below, above: [n] weights of what lies below the centre and of what lies above it.
        bias: what is added.
    """

    names: tuple[str, ...]
    centre: FloatArray
    spread: FloatArray
    below: FloatArray
    above: FloatArray
    bias: float

    @classmethod
    def from_manifest(cls, table: Mapping[str, Any]) -> Legibility:
        """Read the table: "bias", and for each figure in "figures" centre, spread and two weights.

        Raises:
            ValueError: a spread is not positive, or a figure is not finite.
            KeyError: naming what is missing.
        """
        figures = {str(name): [float(value) for value in row] for name, row in table["figures"].items()}
        rows = np.array(list(figures.values()), dtype=np.float64).reshape(-1, 4)
        if not np.isfinite(rows).all() or (rows[:, 1] <= 0).any():
            raise ValueError("a figure of the gate is not finite, or its spread is not positive")
        centre, spread, below, above = rows.T
        return cls(tuple(figures), centre, spread, below, above, float(table["bias"]))

    def share_kept(self, figures: Mapping[str, float]) -> float:
        """Share of lesions still counted, 0–1: each figure counts up to `MOST_SPREADS` from its centre."""
        values = np.array([figures[name] for name in self.names])
        away = ((values - self.centre) / self.spread).clip(-MOST_SPREADS, MOST_SPREADS)
        sum_ = float((away * np.where(away < 0, self.below, self.above)).sum()) + self.bias
        return 1 / (1 + math.exp(-sum_))


def measure(photo: Image.Image, levels: Levels, skin: Mask, within: Mask, gain: float) -> dict[str, float]:
    """The figures by name; logarithms but for shares.

    Args:
        photo: its pixels.
        levels: [S, S, 3] of the square as the photo came; S is a multiple of 32.
        skin: [S/8, S/8] blocks of skin.
        within: [S/8, S/8] blocks of the oval, without a guide of the photo.
        gain: that brings the photo to the reference light.
    """
    pixels = levels.astype(np.float32)
    light: Blocks = pixels @ np.array(LUMINANCE, dtype=np.float32) * np.float32(gain)
    redness: Blocks = (pixels[..., 0] - pixels[..., 1]) * np.float32(gain)
    brightest = blocks(levels.max(axis=2))[within]
    figures = {
        "gain": math.log(gain),
        "blocky": blockiness(photo),
        "clipped": float((brightest >= 250).mean()),
        "black": float((brightest <= 3).mean()),
    }
    here, around = skin.astype(np.float32), within.astype(np.float32)
    for scale in SCALES:
        looked_at, all_ = here >= 0.5, around >= 0.5
        if int(looked_at.sum()) < FEWEST_BLOCKS:
            looked_at = all_ if all_.any() else np.ones_like(all_)
        tiles, colour = blocks(light), blocks(redness)
        if scale == 1:
            figures |= _quantiles("noise", noise(tiles)[looked_at], (10, 30, 50))
        edge = laplacian(tiles)
        figures |= _quantiles(f"edge{scale}", edge[looked_at], (30, 50, 75, 90, 97))
        figures |= _quantiles(f"anywhere{scale}", edge[all_ if all_.any() else looked_at], (90, 98))
        figures |= _quantiles(f"red{scale}", laplacian(colour)[looked_at], (50, 90))
        figures[f"even{scale}"] = evenness(tiles, looked_at)
        if scale < SCALES[-1]:
            light, redness, here, around = (halved(plane) for plane in (light, redness, here, around))
    return figures


def blockiness(pixels: Image.Image) -> float:
    """How much steeper luminance steps are at every eighth pixel than between: JPEG's blocks. 0 where alike.

    Of the photo's middle, at most `MIDDLE_PX` wide and high, in full resolution: the square has blurred the grid away.
    The log ratio of the steepest of eight places to the mean of the others, the mean of both directions.
    """
    width, height = pixels.size
    left, top = max(0, (width - MIDDLE_PX) // 2), max(0, (height - MIDDLE_PX) // 2)
    middle = np.asarray(pixels.crop((left, top, min(width, left + MIDDLE_PX), min(height, top + MIDDLE_PX))))
    light = luminance(middle).astype(np.int64)
    ratios = []
    for steps in (np.abs(np.diff(light, axis=1)).sum(axis=0), np.abs(np.diff(light, axis=0)).sum(axis=1)):
        whole = steps[: len(steps) // 8 * 8].reshape(-1, 8).mean(axis=0) / light.shape[0]
        steepest = float(whole.max())
        ratios.append(math.log((steepest + 0.1) / ((float(whole.sum()) - steepest) / 7 + 0.1)))
    return sum(ratios) / 2


def blocks(picture: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """[rows, columns, 8, 8] of a picture whose sides are multiples of 8."""
    height, width = picture.shape
    return picture.reshape(height // BLOCK_PX, BLOCK_PX, width // BLOCK_PX, BLOCK_PX).swapaxes(1, 2)


def halved(picture: Blocks) -> Blocks:
    """Means of 2 × 2 pixels."""
    half: Blocks = (picture[::2, ::2] + picture[1::2, ::2] + picture[::2, 1::2] + picture[1::2, 1::2]) / 4
    return half


def laplacian(tiles: Blocks) -> Blocks:
    """[rows, columns] mean |4·centre − its four neighbours| inside each block."""
    beside = tiles[:, :, 1:-1, :-2] + tiles[:, :, 1:-1, 2:] + tiles[:, :, :-2, 1:-1] + tiles[:, :, 2:, 1:-1]
    edges: Blocks = np.abs(4 * tiles[:, :, 1:-1, 1:-1] - beside).mean(axis=(2, 3))
    return edges


def noise(tiles: Blocks) -> Blocks:
    """[rows, columns] standard deviation of noise inside each block (Immerkær 1996): blind to straight edges."""

    def at(down: int, across: int) -> Blocks:
        return tiles[:, :, 1 + down : 7 + down, 1 + across : 7 + across]

    corners = at(-1, -1) + at(-1, 1) + at(1, -1) + at(1, 1)
    sides = at(-1, 0) + at(1, 0) + at(0, -1) + at(0, 1)
    spread: Blocks = np.abs(4 * at(0, 0) - 2 * sides + corners).mean(axis=(2, 3)) * np.float32(
        math.sqrt(math.pi / 2) / 6
    )
    return spread


def evenness(tiles: Blocks, looked_at: Mask) -> float:
    """How alike differences are in crossing directions: 0 when alike, below after motion along one of them.

    The 75th percentiles of differences across and down, and along the two diagonals; the lower log ratio of each pair.
    """
    steps = (
        (tiles[:, :, 1:, 1:] - tiles[:, :, 1:, :-1], tiles[:, :, 1:, 1:] - tiles[:, :, :-1, 1:]),
        (tiles[:, :, 1:, 1:] - tiles[:, :, :-1, :-1], tiles[:, :, 1:, :-1] - tiles[:, :, :-1, 1:]),
    )
    ratios = []
    for pair in steps:
        steepness, crossing = (
            float(np.percentile(np.abs(step).mean(axis=(2, 3))[looked_at], 75)) + 0.1 for step in pair
        )
        ratios.append(-abs(math.log(steepness / crossing)))
    return min(ratios)


def _quantiles(name: str, values: Blocks, percents: tuple[int, ...]) -> dict[str, float]:
    """Logarithms of a figure's percentiles, lifted by 0.05 grey levels, so that nothing at all has one too."""
    return {
        f"{name}_{percent}": math.log(float(value) + 0.05)
        for percent, value in zip(percents, np.percentile(values, percents), strict=True)
    }
