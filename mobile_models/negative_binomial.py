"""Counts that scatter more than a Poisson's: variance mean + alpha·mean² (gamma–Poisson).

A share of such a count, taken lesion by lesion, is again one with the same alpha, so one alpha serves a
face, its zones and its types. alpha = 0 is the Poisson.
"""

import math

import numpy as np

from mobile_models.lesions import FloatArray


def pmf(mean: float, alpha: float) -> FloatArray:
    """Probability of 0, 1, 2, … lesions, to where less than 1e-6 is left; the rest is on the last entry.

    P(k) = P(k−1) · (1 + alpha·(k−1))·mean / ((1 + alpha·mean)·k), in logarithms.
    """
    if mean <= 0:
        return np.ones(1)
    spread = math.sqrt(mean + alpha * mean * mean)
    last = math.ceil(mean + 5 * spread + 14 * (1 + alpha * mean))
    k = np.arange(1, last + 1, dtype=np.float64)
    steps = np.log1p(alpha * (k - 1)) - np.log(k) + (math.log(mean) - math.log1p(alpha * mean))
    logarithms = np.concatenate(([0.0], np.cumsum(steps))) + _log_none(mean, alpha)
    probabilities: FloatArray = np.exp(logarithms)
    probabilities[-1] += max(0.0, 1.0 - float(probabilities.sum()))
    return probabilities


def none(mean: float, alpha: float) -> float:
    """Probability of no lesion at all."""
    return math.exp(_log_none(mean, alpha))


def thinned(counts: int, share: float, most: int) -> FloatArray:
    """[counts, most + 1] P(j of n lesions are of a kind with that share); the last column: `most` or more.

    Binomial, since each lesion of a gamma–Poisson count is of the kind or not independently of the others.
    """
    n = np.arange(counts, dtype=np.float64)
    columns = np.zeros((counts, most + 1))
    ways = np.ones(counts)
    for j in range(most):
        columns[:, j] = ways * share**j * np.power(1 - share, np.maximum(n - j, 0))
        ways = ways * np.maximum(n - j, 0) / (j + 1)
    columns[:, most] = np.clip(1 - columns[:, :most].sum(axis=1), 0, 1)
    return columns


def central_interval(probabilities: FloatArray, level: float) -> tuple[int, int]:
    """Smallest k with CDF ≥ (1 − level)/2, and smallest with CDF ≥ 1 − (1 − level)/2."""
    cdf = np.cumsum(probabilities)
    tail = (1 - level) / 2
    low, high = np.searchsorted(cdf, [tail, 1 - tail])
    return int(low), int(min(high, len(cdf) - 1))


def _log_none(mean: float, alpha: float) -> float:
    return -mean if alpha == 0 else -math.log1p(alpha * mean) / alpha
