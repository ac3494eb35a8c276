"""A severity level that is a bin of a source's own total count, by a fit to that source's boxes alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from training.evaluation.agreement import linear_weighted_kappa
from training.evaluation.bootstrap import interval, mean_of
from training.evaluation.calibration import design_row, out_of_fold
from training.evaluation.counts import LEVELS, covers, errors
from training.evaluation.fit import Counted, folds_of


def own_totals(photos: Sequence[Counted], seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (n,) expected totals and their scatter, out of fold, by a fit to all boxes of whatever type; and those."""
    predicted = [one.predicted for one in photos]
    boxes = np.array([len(one.reference) for one in predicted])
    design = np.array([design_row(one.scores, one.sizes, np.ones(len(one.scores))) for one in predicted])
    return *out_of_fold(design, boxes, folds_of(predicted, seed=seed)), boxes


def level_figures(photos: Sequence[Counted], above: Sequence[int]) -> dict[str, Any]:
    """Return errors of the total, and agreement of the level, which is how many of the bounds it is above.

    ``shipped_total`` is what a phone says: inflammatory lesions out of fold plus comedones, whose fit never
    saw the source.
    """
    groups = [one.predicted.photo.group for one in photos]
    expected, scatter, boxes = own_totals(photos)
    total = np.floor(expected + 0.5).astype(int)
    level, true_level = level_of(total, above), level_of(boxes, above)
    apart = np.abs(level - true_level)
    shipped = np.array([one.counts["total"].value for one in photos])

    def kappa(times: np.ndarray) -> float:
        return linear_weighted_kappa(np.repeat(level, times), np.repeat(true_level, times), len(above) + 1)

    held = {
        f"coverage_{round(100 * share)}": [
            covers(*one, share, n) for *one, n in zip(expected, scatter, boxes, strict=True)
        ]
        for share in LEVELS
    }
    return {
        "above": list(above),
        "by_own_standard": errors(total, boxes, groups)
        | {name: interval(mean_of(np.array(one, dtype=float)), groups) for name, one in held.items()},
        "shipped_total": errors(shipped, boxes, groups),
        "accuracy": interval(mean_of(apart == 0), groups),
        "within_one": interval(mean_of(apart <= 1), groups),
        "linear_kappa": interval(kappa, groups),
    }


def level_of(counts: np.ndarray, above: Sequence[int]) -> np.ndarray:
    """Return how many of the bounds each count is above."""
    level: np.ndarray = np.searchsorted(np.asarray(above), counts, side="left")
    return level
