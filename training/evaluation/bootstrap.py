"""Figures with the interval that resampling whole photos gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

Item = TypeVar("Item")
REPEATS = 300


def with_interval(
    figure: Callable[[Sequence[Item]], float], items: Sequence[Item], seed: int = 0
) -> dict[str, float]:
    """Return ``value`` and the bootstrap 95 % interval ``low``, ``high`` of a figure over ``n`` items."""
    rng = np.random.default_rng(seed)
    draws = []
    for _ in range(REPEATS):
        chosen = rng.integers(len(items), size=len(items))
        draws.append(figure([items[index] for index in chosen]))
    low, high = np.nanpercentile(draws, [2.5, 97.5])
    return {"value": _short(figure(items)), "low": _short(low), "high": _short(high), "n": len(items)}


def _short(value: float) -> float:
    return round(float(value), 4)
