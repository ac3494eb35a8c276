"""What the model's scores are worth: fitted on photos held out of training, shipped in the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mobile_models.lesions import GROUPS, TYPES, FloatArray, IntArray


@dataclass(frozen=True)
class GroupCalibration:
    """One group's count model: lesions a candidate stands for by score and size, those missed, and the scatter.

    Attributes:
        weights: [2, knots] lesions that a candidate of either size stands for.
    """

    knots: FloatArray
    weights: FloatArray
    base: float
    alpha: float


@dataclass(frozen=True)
class Calibration:
    """From candidates to expected reference lesions.

    Attributes:
        sizes: two sizes of a candidate, as shares of the model's square; what is given for both is mixed
            in proportion between them.
        type_given: [2, class, score band, type] for either size, each last axis summing to 1.
        score_edges: where one score band ends and the next, which holds the edge itself, begins.
    """

    interval: float
    score_floor: float
    sizes: FloatArray
    score_edges: FloatArray
    type_given: FloatArray
    groups: Mapping[str, GroupCalibration]

    @classmethod
    def from_manifest(cls, calibration: Mapping[str, Any]) -> Calibration:
        """Read a manifest's "calibration".

        Raises:
            ValueError: naming the first figure that cannot be right.
            KeyError: naming what is missing.
        """
        by_score = calibration["type_given"]
        tables = [[by_class[name] for name in TYPES] for by_class in by_score["by_size"]]
        bands = len(by_score["score_edges"]) + 1
        shapes = {(len(bands_of), len(row)) for rows in tables for bands_of in rows for row in bands_of}
        if len(tables) != 2 or shapes != {(bands, len(TYPES))}:
            raise ValueError("type_given needs four probabilities for each of two sizes, each type and score band")
        read = cls(
            interval=float(calibration["interval"]),
            score_floor=float(calibration["score_floor"]),
            sizes=np.asarray(calibration["sizes"], dtype=np.float64),
            score_edges=np.asarray(by_score["score_edges"], dtype=np.float64),
            type_given=np.asarray(tables, dtype=np.float64),
            groups={name: _group(calibration["counts"][name]) for name in GROUPS},
        )
        if not 0 < read.interval < 1:
            raise ValueError(f"interval is {read.interval}, not between 0 and 1")
        if read.sizes.shape != (2,) or not 0 <= read.sizes[0] < read.sizes[1]:
            raise ValueError("sizes must be two, rising")
        if (read.type_given < 0).any() or not np.allclose(read.type_given.sum(axis=3), 1, atol=1e-3):
            raise ValueError("a row of type_given does not sum to 1")
        return read

    def largeness(self, sizes: FloatArray) -> FloatArray:
        """[n] 0 for candidates of the smaller of `sizes` or less, 1 for the larger or more, linear between."""
        return np.interp(sizes, self.sizes, (0.0, 1.0))

    def type_probabilities(self, classes: IntArray, scores: FloatArray, sizes: FloatArray) -> FloatArray:
        """[n, 4] P(type | the model's class, score band, size)."""
        return type_probabilities(self.type_given, self.score_edges, classes, scores, self.largeness(sizes))

    def expected_lesions(self, classes: IntArray, scores: FloatArray, sizes: FloatArray) -> FloatArray:
        """[n, 4] reference lesions of each type that each candidate accounts for."""
        expected = self.type_probabilities(classes, scores, sizes)
        largeness = self.largeness(sizes)
        for name, members in GROUPS.items():
            group = self.groups[name]
            small, large = (np.interp(scores, group.knots, weights) for weights in group.weights)
            expected[:, members] *= (small + largeness * (large - small))[:, None]
        return expected


def type_probabilities(
    type_given: FloatArray, score_edges: FloatArray, classes: IntArray, scores: FloatArray, largeness: FloatArray
) -> FloatArray:
    """[n, 4] the rows of `type_given` [2, class, band, type] for each candidate, mixed by its largeness, 0..1."""
    bands = np.searchsorted(score_edges, scores, side="right")
    small, large = type_given[:, classes, bands]
    probabilities: FloatArray = small + largeness[:, None] * (large - small)
    return probabilities


def _group(figures: Mapping[str, Any]) -> GroupCalibration:
    group = GroupCalibration(
        knots=np.asarray(figures["knots"], dtype=np.float64),
        weights=np.asarray(figures["weights"], dtype=np.float64),
        base=float(figures["base"]),
        alpha=float(figures["alpha"]),
    )
    if group.weights.shape != (2, len(group.knots)) or not group.knots.size or (np.diff(group.knots) <= 0).any():
        raise ValueError("knots must rise and have one weight each for both sizes")
    if not all(np.isfinite(v) and v >= 0 for v in (*group.weights.flat, group.base, group.alpha)):
        raise ValueError("weights, base and alpha must be finite and not negative")
    return group
