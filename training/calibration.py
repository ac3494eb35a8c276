"""Counts as predictions of what a reference annotator would count, fitted on photos the detector never saw.

A candidate of score s accounts for w(s) reference lesions, w piecewise linear and rising; a photo's expected
count is base + Σ w(sᵢ)·P(group | candidate i), and the count is negative binomial about it
(variance μ + alpha·μ²). The same table, read by ``mobile_models.counts``, serves every port.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

from mobile_models.lesions import TYPES

KNOTS = (0.01, 0.03, 0.08, 0.16, 0.3, 0.5)
SCORE_EDGES = (0.1, 0.25)
PRIOR_STRENGTH = 4.0
"""Pseudo-lesions a row of the type table, so that a band with few matches stays near the rows' average."""


@dataclass(frozen=True)
class CountModel:
    """Parameters of one group's predictive distribution.

    Attributes:
        knots: (k,) scores.
        weights: (k,) expected reference lesions of a candidate with such a score.
        base: Expected lesions of which the detector shows nothing.
        alpha: Over-dispersion; variance is μ + alpha·μ².
    """

    knots: tuple[float, ...]
    weights: tuple[float, ...]
    base: float
    alpha: float

    def expected(self, design: np.ndarray) -> np.ndarray:
        """Return (n,) expected counts for rows of ``design_row``."""
        return self.base + design @ np.array(self.weights)

    def as_json(self) -> dict[str, object]:
        """Return the manifest's form, rounded to what was measured."""
        return {
            "knots": list(self.knots),
            "weights": [round(w, 4) for w in self.weights],
            "base": round(self.base, 4),
            "alpha": round(self.alpha, 4),
        }


def design_row(scores: np.ndarray, probabilities: np.ndarray, knots: tuple[float, ...] = KNOTS) -> np.ndarray:
    """Return (k,) so that ``row @ weights`` = Σ interp(sᵢ; knots, weights)·pᵢ.

    Args:
        scores: (n,) candidate scores.
        probabilities: (n,) probability that the candidate belongs to the group.
        knots: Where the weights are given.
    """
    hats = np.stack([np.interp(scores, knots, unit) for unit in np.eye(len(knots))], axis=1)
    row: np.ndarray = (hats * probabilities[:, None]).sum(axis=0)
    return row


def log_likelihood(counts: np.ndarray, mean: np.ndarray, alpha: float) -> np.ndarray:
    """Return (n,) log-probabilities of a negative binomial with variance μ + alpha·μ²."""
    r = 1 / alpha
    value: np.ndarray = (
        gammaln(counts + r)
        - gammaln(r)
        - gammaln(counts + 1)
        + r * np.log(r / (r + mean))
        + counts * np.log(mean / (r + mean))
    )
    return value


def fit_counts(design: np.ndarray, counts: np.ndarray, foreign: np.ndarray) -> tuple[CountModel, float]:
    """Fit by maximum likelihood; return the model and the factor of the foreign annotators.

    Photos counted to another standard lend w(s) its shape, not its scale: their expectation is multiplied
    by a factor of their own, which is drawn towards 1. So is w(s) towards s, mildly.

    Args:
        design: (n, k) rows of ``design_row``.
        counts: (n,) reference counts.
        foreign: (n,) bool, whether a photo was counted to another standard than the named one.
    """
    knots = np.array(KNOTS)

    def unpack(theta: np.ndarray) -> tuple[np.ndarray, float, float, float]:
        rising = np.cumsum(np.logaddexp(0, theta[: len(knots)]))
        base = float(np.logaddexp(0, theta[-3])) + 1e-3
        return rising, base, float(np.exp(np.clip(theta[-2], -5, 2))), float(np.exp(theta[-1]))

    def cost(theta: np.ndarray) -> float:
        rising, base, alpha, factor = unpack(theta)
        mean = (base + design @ rising) * np.where(foreign, factor, 1.0)
        pull = 2.0 * ((rising - knots) ** 2).sum() + 0.5 * base**2 + 8.0 * theta[-1] ** 2
        return float(pull - log_likelihood(counts, mean, alpha).sum())

    steps = np.diff(knots, prepend=0.0)
    best = minimize(cost, np.concatenate([np.log(np.expm1(steps)), [-2.0, -1.0, 0.0]]), method="L-BFGS-B")
    rising, base, alpha, factor = unpack(best.x)
    return CountModel(KNOTS, tuple(float(w) for w in rising), base, alpha), factor


def out_of_fold(
    design: np.ndarray, counts: np.ndarray, foreign: np.ndarray, folds: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return (n,) expected counts by the named standard and (n,) alphas, by fits blind to the photo's fold."""
    mean, alpha = np.zeros(len(counts)), np.zeros(len(counts))
    for fold in np.unique(folds):
        held = folds == fold
        model, _ = fit_counts(design[~held], counts[~held], foreign[~held])
        mean[held], alpha[held] = model.expected(design[held]), model.alpha
    return mean, alpha


def type_table(predicted: np.ndarray, scores: np.ndarray, true: np.ndarray) -> dict[str, object]:
    """Return P(type | predicted type, score band) in the manifest's form.

    Args:
        predicted: (n,) predicted type index of matched candidates.
        scores: (n,) their scores.
        true: (n,) annotated type index.
    """
    bands = np.digitize(scores, SCORE_EDGES)
    size = len(TYPES)
    table: dict[str, object] = {"score_edges": list(SCORE_EDGES)}
    for index, name in enumerate(TYPES):
        overall = np.bincount(true[predicted == index], minlength=size) + np.eye(size)[index]
        rows = []
        for band in range(len(SCORE_EDGES) + 1):
            seen = np.bincount(true[(predicted == index) & (bands == band)], minlength=size)
            row = seen + PRIOR_STRENGTH * overall / overall.sum()
            rows.append([round(float(p), 4) for p in row / row.sum()])
        table[name] = rows
    return table
