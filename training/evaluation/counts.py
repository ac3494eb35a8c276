"""How far counts are off, out of fold, and how often their intervals hold the annotated count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mobile_models.lesions import GROUPS, INFLAMMATORY
from mobile_models.negative_binomial import central_interval, pmf
from training.array import Array
from training.bootstrap import Figure, interval, mean_of
from training.evaluation.agreement import icc_2_1
from training.evaluation.fit import Counted, counts_known, reference_count

LEVELS = (0.8, 0.95)


@dataclass(frozen=True, kw_only=True)
class CountErrors:
    """How far counts are from annotated ones, beside what always answering the median gets."""

    MAE: Figure
    bias: Figure
    RMSE: Figure
    ICC: Figure
    reference_mean: float
    always_the_median_MAE: float


@dataclass(frozen=True, kw_only=True)
class CountFigures(CountErrors):
    """The same, and how often the middle 80 % and 95 % of what was expected hold the annotated count."""

    coverage_80: Figure
    coverage_95: Figure


@dataclass(frozen=True, kw_only=True)
class ClearFaces:
    """Lesions counted on faces that have none, a face, and the share of faces with any."""

    false_inflammatory: Figure
    false_non_inflammatory: Figure
    share_with_an_inflammatory: Figure


def count_figures(photos: Sequence[Counted]) -> dict[str, CountFigures]:
    """Return, a group of lesions, the error of the count that a phone shows; only of groups that are annotated."""
    figures = {}
    for group in GROUPS:
        mine = [photo for photo in photos if counts_known(photo.predicted, group)]
        if not mine:
            continue
        shown, annotated = shown_and_annotated(mine, group)
        groups = [photo.predicted.photo.group for photo in mine]
        covered = {level: interval(mean_of(_covered(mine, group, level, annotated)), groups) for level in LEVELS}
        figures[group] = with_coverage(errors(shown, annotated, groups), covered)
    return figures


def with_coverage(off: CountErrors, covered: Mapping[float, Figure]) -> CountFigures:
    """Return errors together with how often an interval of each of ``LEVELS`` holds the annotated count."""
    at_80, at_95 = (covered[level] for level in LEVELS)
    return CountFigures(**vars(off), coverage_80=at_80, coverage_95=at_95)


def shown_and_annotated(photos: Sequence[Counted], group: str) -> tuple[Array, Array]:
    """Return (n,) counts shown and (n,) annotated counts of a group."""
    shown = np.array([photo.counts[group].value for photo in photos])
    return shown, np.array([reference_count(photo.predicted, group) for photo in photos])


def errors(shown: Array, annotated: Array, groups: Sequence[str]) -> CountErrors:
    """Return MAE, bias, RMSE and ICC(2,1) of counts beside what always answering the median gets."""
    difference = (shown - annotated).astype(float)
    mean_square = mean_of(difference**2)
    return CountErrors(
        MAE=interval(mean_of(np.abs(difference)), groups),
        bias=interval(mean_of(difference), groups),
        RMSE=interval(lambda times: float(np.sqrt(mean_square(times))), groups),
        ICC=interval(_agreement(shown, annotated), groups),
        reference_mean=round(float(annotated.mean()), 2),
        always_the_median_MAE=round(float(np.abs(annotated - np.median(annotated)).mean()), 2),
    )


def clear_figures(photos: Sequence[Counted]) -> ClearFaces:
    """Return what is counted on faces that have no lesion."""
    groups = [photo.predicted.photo.group for photo in photos]
    false = {group: np.array([photo.counts[group].value for photo in photos]) for group in GROUPS}
    any_inflammatory = (false[INFLAMMATORY] > 0).astype(float)
    return ClearFaces(
        **{f"false_{group}": interval(mean_of(values), groups) for group, values in false.items()},
        share_with_an_inflammatory=interval(mean_of(any_inflammatory), groups),
    )


def covers(mean: float, alpha: float, level: float, count: int) -> bool:
    """Whether the central interval of a negative binomial holds a count."""
    low, high = central_interval(pmf(mean, alpha), level)
    return low <= count <= high


def _covered(photos: Sequence[Counted], group: str, level: float, annotated: Array) -> Array:
    return np.array(
        [
            covers(photo.expected.group_mean(group), photo.expected.alpha[group], level, int(count))
            for photo, count in zip(photos, annotated, strict=True)
        ],
        dtype=float,
    )


def _agreement(shown: Array, annotated: Array) -> Callable[[Array], float]:
    pairs = np.stack([shown, annotated], axis=1)
    if len(set(annotated.tolist())) < 2:
        return lambda times: float("nan")  # Photos that are all alike cannot be told apart.
    return lambda times: icc_2_1(np.repeat(pairs, times, axis=0))
