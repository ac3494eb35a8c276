"""The light that the model sees a photo in: levels are scaled so that the skin comes to a reference brightness.

A face fills most of a capture, and hair, shadow and a dark room lie below it, so the median luminance of the
brighter part stands for the skin. The same factor for red, green and blue keeps every hue. What the dark has
swallowed does not come back: the capture gate judges a photo as it came, before this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Levels = npt.NDArray[np.uint8]

LUMA = (77, 150, 29)
"""Weights of red, green and blue, of 256: whole numbers, so that every port finds the same luminance."""


@dataclass(frozen=True)
class Exposure:
    """The rule of a manifest's "input.exposure".

    Attributes:
        brighter_share: share of the pixels, the brightest, whose median is brought to `level`.
        level: luminance that it is brought to, 0–255.
        gain: least and largest factor.
    """

    brighter_share: float
    level: float
    gain: tuple[float, float]

    @classmethod
    def from_manifest(cls, table: Mapping[str, Any]) -> Exposure:
        """Read the table.

        Raises:
            ValueError: naming the figure that cannot be right.
            KeyError: naming what is missing.
        """
        read = cls(
            brighter_share=float(table["brighter_share"]),
            level=float(table["level"]),
            gain=(float(table["gain_at_least"]), float(table["gain_at_most"])),
        )
        if not 0 < read.brighter_share <= 1:
            raise ValueError(f"brighter_share is {read.brighter_share}, not between 0 and 1")
        if not 0 < read.level <= 255:
            raise ValueError(f"level is {read.level}, not between 0 and 255")
        if not 0 < read.gain[0] <= 1 <= read.gain[1]:
            raise ValueError("gain_at_least and gain_at_most must be positive and hold 1 between them")
        return read

    def to_manifest(self) -> dict[str, float]:
        """The rule as `from_manifest` reads it."""
        return {
            "brighter_share": self.brighter_share,
            "level": self.level,
            "gain_at_least": self.gain[0],
            "gain_at_most": self.gain[1],
        }

    def gain_of(self, levels: Levels) -> float:
        """The factor for pixels [..., 3] of a photo, padding left out."""
        return float(np.clip(self.level / brighter_median(luminance(levels), self.brighter_share), *self.gain))

    def expose(self, levels: Levels) -> Levels:
        """Pixels [..., 3] of a photo in the reference light, rounded half up and cut at 255."""
        return exposed_level(self.gain_of(levels))[levels]


REFERENCE = Exposure(brighter_share=0.7, level=150.0, gain=(0.6, 16.0))
"""What the released model was calibrated with."""


def luminance(levels: Levels) -> Levels:
    """[...] 0–255: (77 R + 150 G + 29 B) / 256, rounded down."""
    red, green, blue = (levels[..., channel].astype(np.uint32) * weight for channel, weight in enumerate(LUMA))
    weighed: Levels = ((red + green + blue) >> 8).astype(np.uint8)
    return weighed


def brighter_median(luma: Levels, share: float) -> float:
    """The median of the brightest `share` of pixels: the quantile at 1 − share / 2, at least 0.5.

    Pixels of one level are taken as spread evenly over it, from half a level below to half above: in the dark a
    whole level is a large step.
    """
    histogram = np.bincount(luma.ravel(), minlength=256)
    below = np.concatenate(([0], np.cumsum(histogram)))
    rank = (1 - share / 2) * luma.size
    level = int(np.searchsorted(below[1:], rank))
    return max(level - 0.5 + (rank - float(below[level])) / float(histogram[level]), 0.5)


def exposed_level(gain: float) -> Levels:
    """[256] what each level becomes."""
    levels: Levels = np.minimum(np.floor(np.arange(256) * gain + 0.5), 255).astype(np.uint8)
    return levels
