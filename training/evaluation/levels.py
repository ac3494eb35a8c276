"""A severity level that is a bin of a source's own total count, by a fit to that source's boxes alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mobile_models.lesions import TOTAL
from training.array import Array
from training.bootstrap import Figure, interval, mean_of
from training.evaluation.agreement import linear_weighted_kappa
from training.evaluation.calibration import design_row, out_of_fold
from training.evaluation.counts import LEVELS, CountErrors, CountFigures, covers, errors, with_coverage
from training.evaluation.fit import Counted, folds_of


@dataclass(frozen=True, kw_only=True)
class LevelFigures:
    """Errors of a source's total, and agreement of the level that the total falls in.

    Attributes:
        above: The bounds; the level is how many of them the total is above.
        by_own_standard: Of the total by a fit to that source's boxes alone.
        shipped_total: Of what a phone says: inflammatory lesions out of fold plus comedones, whose fit never saw the
            source.
        accuracy, within_one, linear_kappa: Of the level by its own standard.
    """

    above: Sequence[int]
    by_own_standard: CountFigures
    shipped_total: CountErrors
    accuracy: Figure
    within_one: Figure
    linear_kappa: Figure


def own_totals(photos: Sequence[Counted], seed: int = 0) -> tuple[Array, Array, Array]:
    """Return (n,) expected totals and their scatter, out of fold, by a fit to all boxes of whatever type; and those."""
    predicted = [photo.predicted for photo in photos]
    boxes = np.array([len(photo.reference) for photo in predicted])
    design = np.array([design_row(photo.scores, photo.sizes, np.ones(len(photo.scores))) for photo in predicted])
    return *out_of_fold(design, boxes, folds_of(predicted, seed=seed)), boxes


def level_figures(photos: Sequence[Counted], above: Sequence[int]) -> LevelFigures:
    """Return errors of the total, and agreement of the level, which is how many of the bounds it is above."""
    groups = [photo.predicted.photo.group for photo in photos]
    expected, scatter, boxes = own_totals(photos)
    total = np.floor(expected + 0.5).astype(int)
    level, true_level = level_of(total, above), level_of(boxes, above)
    apart = np.abs(level - true_level)
    shipped = np.array([photo.counts[TOTAL].value for photo in photos])

    def kappa(times: Array) -> float:
        return linear_weighted_kappa(np.repeat(level, times), np.repeat(true_level, times), len(above) + 1)

    covered = {
        share: interval(
            mean_of(
                [
                    covers(float(mean), float(alpha), share, int(n))
                    for mean, alpha, n in zip(expected, scatter, boxes, strict=True)
                ]
            ),
            groups,
        )
        for share in LEVELS
    }
    return LevelFigures(
        above=list(above),
        by_own_standard=with_coverage(errors(total, boxes, groups), covered),
        shipped_total=errors(shipped, boxes, groups),
        accuracy=interval(mean_of(apart == 0), groups),
        within_one=interval(mean_of(apart <= 1), groups),
        linear_kappa=interval(kappa, groups),
    )


def level_of(counts: Array, above: Sequence[int]) -> Array:
    """Return how many of the bounds each count is above."""
    level: Array = np.searchsorted(np.asarray(above), counts, side="left")
    return level
