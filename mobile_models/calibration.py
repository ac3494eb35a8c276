"""What the model's scores are worth: fitted on photos held out of training, shipped in the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mobile_models.lesions import GROUPS, TYPES, FloatArray, IntArray


@dataclass(frozen=True)
class GroupCalibration:
    """One group's count model: lesions a candidate stands for by score, those missed, and the scatter."""

    knots: FloatArray
    weights: FloatArray
    base: float
    alpha: float


@dataclass(frozen=True)
class Calibration:
    """From candidates to expected reference lesions.

    Attributes:
        type_given: [class, score band, type], each last axis summing to 1.
        score_edges: where one score band ends and the next, which holds the edge itself, begins.
    """

    interval: float
    score_floor: float
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
        given = calibration["type_given"]
        rows = [given[name] for name in TYPES]
        bands = len(given["score_edges"]) + 1
        if any(len(bands_of) != bands or {len(row) for row in bands_of} != {len(TYPES)} for bands_of in rows):
            raise ValueError("type_given needs one row of four probabilities for each type and score band")
        read = cls(
            interval=float(calibration["interval"]),
            score_floor=float(calibration["score_floor"]),
            score_edges=np.asarray(given["score_edges"], dtype=np.float64),
            type_given=np.asarray(rows, dtype=np.float64),
            groups={name: _group(calibration["counts"][name]) for name in GROUPS},
        )
        if not 0 < read.interval < 1:
            raise ValueError(f"interval is {read.interval}, not between 0 and 1")
        if (read.type_given < 0).any() or not np.allclose(read.type_given.sum(axis=2), 1, atol=1e-3):
            raise ValueError("a row of type_given does not sum to 1")
        return read

    def type_probabilities(self, classes: IntArray, scores: FloatArray) -> FloatArray:
        """[n, 4] P(type | the model's class, score band)."""
        bands = np.searchsorted(self.score_edges, scores, side="right")
        probabilities: FloatArray = self.type_given[classes, bands]
        return probabilities

    def expected_lesions(self, classes: IntArray, scores: FloatArray) -> FloatArray:
        """[n, 4] reference lesions of each type that each candidate accounts for."""
        expected = self.type_probabilities(classes, scores)
        for name, members in GROUPS.items():
            group = self.groups[name]
            expected[:, members] *= np.interp(scores, group.knots, group.weights)[:, None]
        return expected


def _group(figures: Mapping[str, Any]) -> GroupCalibration:
    group = GroupCalibration(
        knots=np.asarray(figures["knots"], dtype=np.float64),
        weights=np.asarray(figures["weights"], dtype=np.float64),
        base=float(figures["base"]),
        alpha=float(figures["alpha"]),
    )
    if group.knots.shape != group.weights.shape or not group.knots.size or (np.diff(group.knots) <= 0).any():
        raise ValueError("knots must rise and have one weight each")
    if not all(np.isfinite(v) and v >= 0 for v in (*group.weights, group.base, group.alpha)):
        raise ValueError("weights, base and alpha must be finite and not negative")
    return group
