"""Whether probabilities mean what they say: reliability and expected calibration error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mobile_models.lesions import TYPES
from training.array import Array
from training.bootstrap import Figure, interval
from training.datasets.photo import UNKNOWN
from training.evaluation.fit import Counted

EDGES = np.concatenate([[0, 0.025, 0.05], np.linspace(0.1, 1, 10)])
"""Bins of a probability; finer below, where most candidates are."""


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """Expected calibration error of a probability, and a row a bin: how many, mean said, share that came true."""

    ECE: Figure
    bins: Sequence[Sequence[float]]


@dataclass(frozen=True, kw_only=True)
class ReliabilityFigures:
    """Reliability of the score, as P(any lesion), and of P(type) given a match, where there is any."""

    score: Reliability | None = None
    type: Reliability | None = None


def reliability_figures(photos: Sequence[Counted]) -> ReliabilityFigures | None:
    """Return the reliability of the score and of P(type); None where there is no candidate."""
    figures = {}
    for name, pairs in (("score", score_pairs(photos)), ("type", type_pairs(photos))):
        if not sum(len(probability) for probability, _ in pairs):
            continue
        sums = np.array([binned(probability, true) for probability, true in pairs])
        groups = [photo.predicted.photo.group for photo in photos]
        figures[name] = Reliability(
            ECE=interval(lambda times, sums=sums: calibration_error(np.tensordot(times, sums, 1)), groups),  # type: ignore[misc]
            bins=_rows(sums.sum(axis=0)),
        )
    return ReliabilityFigures(**figures) if figures else None


def score_pairs(photos: Sequence[Counted]) -> list[tuple[Array, Array]]:
    """Return, a photo, every candidate's score and whether it hit a box of its own by its centre."""
    return [(photo.predicted.scores, (photo.predicted.matches() >= 0).astype(float)) for photo in photos]


def type_pairs(photos: Sequence[Counted]) -> list[tuple[Array, Array]]:
    """Return, a photo, P(type) of each candidate on a typed box, for every type, and whether it is that type."""
    pairs = []
    for photo in photos:
        hit = photo.predicted.matches()
        known = hit >= 0
        true, probabilities = photo.predicted.photo.types[hit[known]], photo.type_probabilities[known]
        typed = true != UNKNOWN
        pairs.append((probabilities[typed].ravel(), np.eye(len(TYPES))[true[typed]].ravel()))
    return pairs


def binned(probability: Array, true: Array) -> Array:
    """Return (3, bins) how many, the sum of what was said and the sum of what came true."""
    place = np.clip(np.digitize(probability, EDGES[1:-1]), 0, len(EDGES) - 2)
    return np.stack(
        [np.bincount(place, weight, len(EDGES) - 1) for weight in (np.ones(len(probability)), probability, true)]
    )


def calibration_error(sums: Array) -> float:
    """Return Σ over bins of the share of cases times |said − came true| (Naeini 2015), of (3, bins) sums."""
    return float(np.abs(sums[1] - sums[2]).sum() / sums[0].sum()) if sums[0].sum() else float("nan")


def _rows(sums: Array) -> list[list[float]]:
    return [[int(n), round(probability / n, 4), round(true / n, 4)] for n, probability, true in sums.T.tolist() if n]
