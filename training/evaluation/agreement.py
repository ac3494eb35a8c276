"""How far two ways of judging the same photos agree: κ of grades, ICC of counts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def linear_weighted_kappa(a: npt.ArrayLike, b: npt.ArrayLike, grades: int) -> float:
    """Cohen's κ with linear weights over grades 0 … grades − 1; NaN when chance alone agrees fully."""
    table = np.zeros((grades, grades))
    np.add.at(table, (np.asarray(a, dtype=np.int64), np.asarray(b, dtype=np.int64)), 1)
    table /= table.sum()
    distance = np.abs(np.subtract.outer(np.arange(grades), np.arange(grades)))
    chance = float((distance * np.outer(table.sum(axis=1), table.sum(axis=0))).sum())
    return 1 - float((distance * table).sum()) / chance if chance else float("nan")


def icc_2_1(ratings: npt.ArrayLike) -> float:
    """ICC(2,1), two-way random, absolute agreement, single rater (Shrout & Fleiss 1979).

    Args:
        ratings: [targets, raters].
    """
    table = np.asarray(ratings, dtype=np.float64)
    n, k = table.shape
    grand, rows, columns = table.mean(), table.mean(axis=1), table.mean(axis=0)
    between = k * ((rows - grand) ** 2).sum() / (n - 1)
    raters = n * ((columns - grand) ** 2).sum() / (k - 1)
    residual = table - rows[:, None] - columns[None, :] + grand
    error = (residual**2).sum() / ((n - 1) * (k - 1))
    spread = between + (k - 1) * error + k * (raters - error) / n
    return float((between - error) / spread) if spread else float("nan")
