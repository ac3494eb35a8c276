"""Trend accuracy: is a face that has fewer lesions called better, and one that is the same called the same?

Pairs are a held-out real photo and a copy with annotated inflammatory lesions drawn over (``trend_cases``). Two rules
judge each pair:

verdict: what a phone says. Counts are rounded and better or worse is said when their difference exceeds the minimal
    detectable change (``mobile_models.change``); otherwise no change. Its SEM comes from photographs taken again, so
    it stays silent on drops that photographing alone could make, and small drops are not its failures.
direction: √expected count rises, falls, or stays within a tolerance, which is fitted on the other folds' groups. This
    is the three-class trend accuracy to put beside AcneDGNet's 0.878, as far as edited copies may stand beside
    follow-up visits.

The primary figure was fixed before any result was seen: accuracy of direction over the pairs whose annotated count
differs by at least half of the larger and by at least three lesions (half is the response that trials time), with all
unchanged pairs. Everything else, small drops above all, is reported beside it. After a first measurement (0.84) two
things did change, the definition not: edits take grain as rough as the skin's, where they had been too smooth, and the
list was drawn again without photos of which a copy had been trained on.

An edited copy has the light, the angle and the skin of its original. Nothing here shows how lesions heal, nor how far
two visits' photographs differ; the tolerance would be too narrow for those, and the verdict's is not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mobile_models.change import exceeds_mdc
from training.array import Array
from training.bootstrap import Figure, interval, mean_of
from training.evaluation.trend_cases import TRENDS
from training.evaluation.trend_pairs import MEASURE, Pair

FOLDS = 5
SHARES = {"below 25 %": (0, 0.25), "25-50 %": (0.25, 0.5), "50-75 %": (0.5, 0.75), "75-100 %": (0.75, 1.01)}
LESIONS = {"1-2": (1, 3), "3-5": (3, 6), "6-10": (6, 11), "over 10": (11, np.inf)}


@dataclass(frozen=True, kw_only=True)
class RuleFigures:
    """One rule's accuracy.

    Attributes:
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


@dataclass(frozen=True, kw_only=True)
class DirectionFigures(RuleFigures):
    """Accuracy of direction, and the folds' mean tolerance of √count."""

    tolerance_sqrt: float


@dataclass(frozen=True, kw_only=True)
class VerdictFigures(RuleFigures):
    """Accuracy of the verdict, and the SEM of √count that it rests on."""

    sem_sqrt: float


@dataclass(frozen=True, kw_only=True)
class PerfectCounts:
    """Accuracy of the verdict on the annotated counts themselves."""

    primary: Figure
    all: Figure


@dataclass(frozen=True, kw_only=True)
class TrendFigures:
    """Trend accuracy by both rules; ``primary`` says in words which pairs the primary figure is of."""

    measure: str
    cases: Mapping[str, int]
    photos: int
    primary: str
    responsiveness: Figure
    direction: DirectionFigures
    verdict: VerdictFigures
    verdict_on_annotated_counts: PerfectCounts


def trend_figures(pairs: Sequence[Pair], sem: float) -> TrendFigures:
    """Return trend accuracy by both rules with bootstrap 95 % intervals over groups.

    Args:
        pairs: the cases as they were measured.
        sem: of √count of ``MEASURE``, as the manifest's "mdc" has it.
    """
    direction, tolerance = by_direction(pairs)
    shown = [[math.floor(count + 0.5) for count in one.expected] for one in pairs]
    verdict = [by_verdict(first, second, sem) for first, second in shown]
    perfect = [by_verdict(*one.annotated, sem) for one in pairs]
    return TrendFigures(
        measure=MEASURE,
        cases={trend: sum(one.case.case == trend for one in pairs) for trend in TRENDS},
        photos=len({(one.case.source, one.case.image) for one in pairs}),
        primary="direction, pairs that differ by half or more and by three lesions or more, and unchanged pairs",
        responsiveness=responsiveness(pairs),
        direction=DirectionFigures(**vars(accuracies(pairs, direction)), tolerance_sqrt=round(tolerance, 4)),
        verdict=VerdictFigures(**vars(accuracies(pairs, verdict)), sem_sqrt=sem),
        verdict_on_annotated_counts=PerfectCounts(
            primary=_accuracy(pairs, perfect, lambda one: one.primary), all=_accuracy(pairs, perfect)
        ),
    )


def by_verdict(first: int, second: int, sem: float) -> str:
    """Return what a phone says of two counts."""
    if not exceeds_mdc(first, second, sem):
        return "same"
    return "better" if second < first else "worse"


def by_direction(pairs: Sequence[Pair], seed: int = 0) -> tuple[list[str], float]:
    """Return what each pair is called with the tolerance of the other folds, and the folds' mean tolerance."""
    groups = sorted({one.group for one in pairs})
    fold_of = dict(zip(groups, np.random.default_rng(seed).permutation(len(groups)) % FOLDS, strict=True))
    tolerances = {
        fold: fit_tolerance([one for one in pairs if fold_of[one.group] != fold]) for fold in set(fold_of.values())
    }
    said = [_called(one.change, tolerances[fold_of[one.group]]) for one in pairs]
    return said, float(np.mean(list(tolerances.values())))


def fit_tolerance(pairs: Sequence[Pair]) -> float:
    """Return the |√second − √first| up to which pairs are best called the same."""
    sizes = np.sort([abs(one.change) for one in pairs])
    candidates = np.concatenate([[0.0], (sizes[1:] + sizes[:-1]) / 2])
    right = [sum(_called(one.change, limit) == one.case.case for one in pairs) for limit in candidates]
    return float(candidates[int(np.argmax(right))])


def responsiveness(pairs: Sequence[Pair]) -> Figure:
    """Return how much of the annotated change is predicted, on the square-root scale: slope through the origin.

    Below 1 where lesions are missed, or where others are counted that no annotator boxed and that stay.
    """
    changed = [one for one in pairs if one.case.case != "same"]
    annotated, predicted = (np.array([getattr(one, of) for one in changed]) for of in ("annotated_change", "change"))

    def slope(times: Array) -> float:
        return float((times * annotated * predicted).sum() / (times * annotated**2).sum())

    return interval(slope, [one.group for one in changed])


def accuracies(pairs: Sequence[Pair], said: Sequence[str]) -> RuleFigures:
    """Return a rule's accuracy: primary, over all pairs, of unchanged pairs, and of changed ones by their size."""
    sources = dict.fromkeys(one.case.source for one in pairs)
    opposite = [{"better": "worse", "worse": "better", "same": ""}[one.case.case] for one in pairs]
    table = [[0] * len(TRENDS) for _ in TRENDS]
    for one, called in zip(pairs, said, strict=True):
        table[TRENDS.index(one.case.case)][TRENDS.index(called)] += 1

    def changed(one: Pair) -> bool:
        return one.case.case != "same"

    def sized(low: float, high: float, size: Callable[[Pair], float]) -> Figure:
        return _accuracy(pairs, said, lambda one: changed(one) and low <= size(one) < high)

    def of(source: str) -> Figure:
        return _accuracy(pairs, said, lambda one: one.primary and one.case.source == source)

    return RuleFigures(
        primary=_accuracy(pairs, said, lambda one: one.primary),
        all=_accuracy(pairs, said),
        unchanged=_accuracy(pairs, said, lambda one: not changed(one)),
        changed=_accuracy(pairs, said, changed),
        called_the_opposite=sum(called == wrong for called, wrong in zip(said, opposite, strict=True)),
        by_share={name: sized(*bounds, lambda one: one.share) for name, bounds in SHARES.items()},
        by_lesions={name: sized(*bounds, lambda one: one.lesions) for name, bounds in LESIONS.items()},
        primary_by_source={source: of(source) for source in sources},
        true_by_called=table,
    )


def _called(change: float, tolerance: float) -> str:
    if abs(change) <= tolerance:
        return "same"
    return "better" if change < 0 else "worse"


def _accuracy(pairs: Sequence[Pair], said: Sequence[str], wanted: Callable[[Pair], bool] = lambda one: True) -> Figure:
    """Share of the ``n`` wanted pairs that are called rightly."""
    judged = [(one.group, called == one.case.case) for one, called in zip(pairs, said, strict=True) if wanted(one)]
    return interval(mean_of([right for _, right in judged]), [group for group, _ in judged])
