"""Trend accuracy: is a face that has fewer lesions called better, and one that is the same called the same?

Pairs are a held-out real photo and a copy with annotated inflammatory lesions drawn over (``trend_cases``). A pair is
judged by direction: √expected count rises, falls, or stays within a tolerance, which is fitted on the other folds'
groups. This is the three-class trend accuracy to put beside AcneDGNet's 0.878, as far as edited copies may stand beside
follow-up visits. It is no verdict: nobody is told anything from two photos (``training.change``).

The primary figure was fixed before any result was seen: accuracy of direction over the pairs whose annotated count
differs by at least half of the larger and by at least three lesions (half is the response that trials time), with all
unchanged pairs. Everything else, small drops above all, is reported beside it. After a first measurement (0.84) two
things did change, the definition not: edits take grain as rough as the skin's, where they had been too smooth, and the
list was drawn again without photos of which a copy had been trained on.

An edited copy has the light, the angle and the skin of its original. Nothing here shows how lesions heal, nor how far
two visits' photographs differ; the tolerance would be too narrow for those.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from training.array import Array
from training.bootstrap import Figure, interval, mean_of
from training.evaluation.trend_cases import TRENDS
from training.evaluation.trend_pairs import MEASURE, Pair

FOLDS = 5
SHARES = {"below 25 %": (0, 0.25), "25-50 %": (0.25, 0.5), "50-75 %": (0.5, 0.75), "75-100 %": (0.75, 1.01)}
LESIONS = {"1-2": (1, 3), "3-5": (3, 6), "6-10": (6, 11), "over 10": (11, np.inf)}


@dataclass(frozen=True, kw_only=True)
class DirectionFigures:
    """Accuracy of direction.

    Attributes:
        tolerance_sqrt: The folds' mean tolerance of √count.
        called_the_opposite: Pairs that got better and were called worse, and the other way.
        true_by_called: How many of each of ``TRENDS`` (rows) were called what.
    """

    primary: Figure
    all: Figure
    unchanged: Figure
    changed: Figure
    called_the_opposite: int
    by_share: Mapping[str, Figure]
    by_lesions: Mapping[str, Figure]
    primary_by_source: Mapping[str, Figure]
    true_by_called: Sequence[Sequence[int]]
    tolerance_sqrt: float


@dataclass(frozen=True, kw_only=True)
class TrendFigures:
    """Trend accuracy; ``primary`` says in words which pairs the primary figure is of."""

    measure: str
    cases: Mapping[str, int]
    photos: int
    primary: str
    responsiveness: Figure
    direction: DirectionFigures


def trend_figures(pairs: Sequence[Pair]) -> TrendFigures:
    """Return trend accuracy of the measured cases with bootstrap 95 % intervals over groups."""
    direction, tolerance = by_direction(pairs)
    return TrendFigures(
        measure=MEASURE,
        cases={trend: sum(pair.case.case == trend for pair in pairs) for trend in TRENDS},
        photos=len({(pair.case.source, pair.case.image) for pair in pairs}),
        primary="direction, pairs that differ by half or more and by three lesions or more, and unchanged pairs",
        responsiveness=responsiveness(pairs),
        direction=accuracies(pairs, direction, tolerance),
    )


def by_direction(pairs: Sequence[Pair], seed: int = 0) -> tuple[list[str], float]:
    """Return what each pair is called with the tolerance of the other folds, and the folds' mean tolerance."""
    groups = sorted({pair.group for pair in pairs})
    fold_of = dict(zip(groups, np.random.default_rng(seed).permutation(len(groups)) % FOLDS, strict=True))
    tolerances = {
        fold: fit_tolerance([pair for pair in pairs if fold_of[pair.group] != fold]) for fold in set(fold_of.values())
    }
    calls = [_called(pair.change, tolerances[fold_of[pair.group]]) for pair in pairs]
    return calls, float(np.mean(list(tolerances.values())))


def fit_tolerance(pairs: Sequence[Pair]) -> float:
    """Return the |√second − √first| up to which pairs are best called the same."""
    sizes = np.sort([abs(pair.change) for pair in pairs])
    candidates = np.concatenate([[0.0], (sizes[1:] + sizes[:-1]) / 2])
    right = [sum(_called(pair.change, limit) == pair.case.case for pair in pairs) for limit in candidates]
    return float(candidates[int(np.argmax(right))])


def responsiveness(pairs: Sequence[Pair]) -> Figure:
    """Return how much of the annotated change is predicted, on the square-root scale: slope through the origin.

    Below 1 where lesions are missed, or where others are counted that no annotator boxed and that stay.
    """
    changed = [pair for pair in pairs if pair.case.case != "same"]
    annotated, predicted = (np.array([getattr(pair, of) for pair in changed]) for of in ("annotated_change", "change"))

    def slope(times: Array) -> float:
        return float((times * annotated * predicted).sum() / (times * annotated**2).sum())

    return interval(slope, [pair.group for pair in changed])


def accuracies(pairs: Sequence[Pair], calls: Sequence[str], tolerance: float) -> DirectionFigures:
    """Return the accuracy of calls: primary, over all pairs, of unchanged pairs, and of changed ones by their size."""
    sources = dict.fromkeys(pair.case.source for pair in pairs)
    opposite = [{"better": "worse", "worse": "better", "same": ""}[pair.case.case] for pair in pairs]
    table = [[0] * len(TRENDS) for _ in TRENDS]
    for pair, called in zip(pairs, calls, strict=True):
        table[TRENDS.index(pair.case.case)][TRENDS.index(called)] += 1

    def changed(pair: Pair) -> bool:
        return pair.case.case != "same"

    def sized(low: float, high: float, size: Callable[[Pair], float]) -> Figure:
        return _accuracy(pairs, calls, lambda pair: changed(pair) and low <= size(pair) < high)

    def of(source: str) -> Figure:
        return _accuracy(pairs, calls, lambda pair: pair.primary and pair.case.source == source)

    return DirectionFigures(
        primary=_accuracy(pairs, calls, lambda pair: pair.primary),
        all=_accuracy(pairs, calls),
        unchanged=_accuracy(pairs, calls, lambda pair: not changed(pair)),
        changed=_accuracy(pairs, calls, changed),
        called_the_opposite=sum(called == wrong for called, wrong in zip(calls, opposite, strict=True)),
        by_share={name: sized(*bounds, lambda pair: pair.share) for name, bounds in SHARES.items()},
        by_lesions={name: sized(*bounds, lambda pair: pair.lesions) for name, bounds in LESIONS.items()},
        primary_by_source={source: of(source) for source in sources},
        true_by_called=table,
        tolerance_sqrt=round(tolerance, 4),
    )


def _called(change: float, tolerance: float) -> str:
    if abs(change) <= tolerance:
        return "same"
    return "better" if change < 0 else "worse"


def _accuracy(
    pairs: Sequence[Pair], calls: Sequence[str], wanted: Callable[[Pair], bool] = lambda pair: True
) -> Figure:
    """Share of the ``n`` wanted pairs that are called rightly."""
    right = [(pair.group, call == pair.case.case) for pair, call in zip(pairs, calls, strict=True) if wanted(pair)]
    return interval(mean_of([rightly for _, rightly in right]), [group for group, _ in right])
