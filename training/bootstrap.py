"""Figures with the interval that resampling gives: whole groups of photos, never single boxes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from training.array import Array

REPEATS = 300
FEWEST = 10
"""Photos below which no figure is stated: an interval from so few says nothing."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure over ``n`` photos with its 95 % interval; ``n`` alone where it is not established."""

    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def established(self) -> bool:
        """Whether there is a value."""
        return self.value is not None


def draws(groups: Sequence[str], repeats: int = REPEATS, seed: int = 0) -> Array:
    """Return (repeats, n) how often each photo counts when its groups are drawn with replacement."""
    names, member = np.unique(np.asarray(groups, dtype=np.str_), return_inverse=True)
    rng = np.random.default_rng(seed)
    chosen = rng.integers(len(names), size=(repeats, len(names)))
    return np.stack([np.bincount(sample, minlength=len(names))[member] for sample in chosen])


def interval(figure: Callable[[Array], float], groups: Sequence[str], fewest: int = FEWEST, seed: int = 0) -> Figure:
    """Return a figure over photos with its bootstrap 95 % interval.

    Args:
        figure: Of (n,) how often each photo counts; NaN where it has no value.
        groups: (n,) photos of one group are drawn together.
        fewest: Photos below which it is not established.
        seed: Of the draws.
    """
    return intervals(lambda times: {"figure": figure(times)}, groups, fewest, seed)["figure"]


def intervals(
    figures: Callable[[Array], Mapping[str, float]], groups: Sequence[str], fewest: int = FEWEST, seed: int = 0
) -> dict[str, Figure]:
    """Return several figures of the same photos, each as `interval` does, from the same draws."""
    count = len(groups)
    values = figures(np.ones(count, dtype=np.int64))
    if count < fewest:
        return {name: Figure(n=count) for name in values}
    drawn = [figures(times) for times in draws(groups, seed=seed)]
    with_intervals: dict[str, Figure] = {}
    for name, value in values.items():
        with_intervals[name] = Figure(n=count)
        if np.isfinite(value):
            low, high = np.nanpercentile([drawn_once[name] for drawn_once in drawn], [2.5, 97.5])
            with_intervals[name] = Figure(n=count, value=_short(value), low=_short(low), high=_short(high))
    return with_intervals


def mean_of(values: Sequence[float] | Array) -> Callable[[Array], float]:
    """Return the figure that is the mean of one value a photo; NaN values are left out."""
    each = np.asarray(values, dtype=np.float64)
    known = np.isfinite(each)

    def mean(times: Array) -> float:
        weight = times * known
        return float((weight * np.where(known, each, 0)).sum() / weight.sum()) if weight.sum() else float("nan")

    return mean


def _short(value: float) -> float:
    return round(float(value), 4)
