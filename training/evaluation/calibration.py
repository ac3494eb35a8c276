"""Counts as predictions of what a reference annotator would count, fitted on photos the detector never saw.

A candidate accounts for w(score, size) of a reference lesion, w piecewise linear, rising with the score, below
``MOST``; a photo's expected count is base + Σ w(i)·P(group | candidate i), and the count is
negative binomial about it (variance μ + alpha·μ²). The same table, read by ``mobile_models.counts``, serves every port.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

from mobile_models.lesions import TYPES
from training.array import Array

KNOTS = (0.01, 0.025, 0.045, 0.07, 0.12, 0.25, 0.5)
SIZES = (0.018, 0.04)
"""Small and large candidates, √area as a share of the model's square: 12 and 26 px at 640. The boxes of sources
that draw them large and loosely get low scores for the same lesions."""

SCORE_EDGES = (0.1, 0.25)
MOST = 1.5
"""Lesions that one candidate may stand for. Above 1, as beside what is found more is missed; held down, as few
candidates score highest and a free weight there followed two or three photos."""

PULL = 0.1
"""How strongly a weight is drawn to its score, which settles only what the photos leave open."""

PRIOR_STRENGTH = 4.0
"""Pseudo-lesions a row of the type table, so that a band with few matches stays near the rows' average."""


@dataclass(frozen=True)
class CountModel:
    """Parameters of one group's predictive distribution.

    Attributes:
        weights: (2, k) expected reference lesions of a small and of a large candidate with a score of ``KNOTS``.
        base: Expected lesions of which the detector shows nothing.
        alpha: Over-dispersion; variance is μ + alpha·μ².
    """

    weights: Array
    base: float
    alpha: float

    def expected(self, design: Array) -> Array:
        """Return (n,) expected counts for rows of ``design_row``."""
        value: Array = self.base + design @ self.weights.ravel()
        return value

    def as_json(self) -> dict[str, object]:
        """Return the manifest's form, rounded to what was measured."""
        return {
            "knots": list(KNOTS),
            "weights": [[round(float(w), 4) for w in row] for row in self.weights],
            "base": round(self.base, 4),
            "alpha": round(self.alpha, 4),
        }


def design_row(scores: Array, sizes: Array, probabilities: Array) -> Array:
    """Return (2k,) so that ``row @ weights.ravel()`` = Σ w(sᵢ, sizeᵢ)·pᵢ, as interpolation is linear in weights.

    Args:
        scores: (n,) candidate scores.
        sizes: (n,) √area as a share of the model's square.
        probabilities: (n,) probability that the candidate belongs to the group.
    """
    hats = np.stack([np.interp(scores, KNOTS, unit) for unit in np.eye(len(KNOTS))], axis=1)
    large = np.interp(sizes, SIZES, (0.0, 1.0))
    shares = np.stack([1 - large, large], axis=1) * probabilities[:, None]
    row: Array = np.einsum("nb,nk->bk", shares, hats).ravel()
    return row


def log_likelihood(counts: Array, mean: Array, alpha: float) -> Array:
    """Return (n,) log-probabilities of a negative binomial with variance μ + alpha·μ²."""
    r = 1 / alpha
    value: Array = (
        gammaln(counts + r)
        - gammaln(r)
        - gammaln(counts + 1)
        + r * np.log(r / (r + mean))
        + counts * np.log(mean / (r + mean))
    )
    return value


def fit_counts(design: Array, counts: Array) -> CountModel:
    """Fit by maximum likelihood with a mild pull; without any photo a candidate stands for its score.

    Args:
        design: (n, 2k) rows of ``design_row``.
        counts: (n,) reference counts.
    """
    knots = np.array(KNOTS)

    def unpack(theta: Array) -> CountModel:
        rising = np.cumsum(np.logaddexp(0, theta[:-2].reshape(2, -1)), axis=1)
        base, alpha = np.logaddexp(0, theta[-2]) + 1e-3, np.exp(np.clip(theta[-1], -5, 2))
        return CountModel(-MOST * np.expm1(-rising / MOST), float(base), float(alpha))

    def cost(theta: Array) -> float:
        model = unpack(theta)
        pull = PULL * ((model.weights - knots) ** 2).sum() + 0.5 * model.base**2
        return float(pull - log_likelihood(counts, model.expected(design), model.alpha).sum())

    steps = np.log(np.expm1(np.diff(knots, prepend=0.0)))
    return unpack(minimize(cost, np.concatenate([steps, steps, [-2.0, -1.0]]), method="L-BFGS-B").x)


def out_of_fold(design: Array, counts: Array, folds: Array) -> tuple[Array, Array]:
    """Return (n,) expected counts and (n,) alphas, each photo by a fit that did not see its fold."""
    mean, alpha = np.zeros(len(counts)), np.zeros(len(counts))
    for fold in np.unique(folds):
        held = folds == fold
        model = fit_counts(design[~held], counts[~held])
        mean[held], alpha[held] = model.expected(design[held]), model.alpha
    return mean, alpha


def type_table(predicted: Array, scores: Array, sizes: Array, true: Array, weight: Array) -> dict[str, object]:
    """Return P(type | predicted type, score band, size) in the manifest's form.

    Args:
        predicted: (n,) predicted type index of matched candidates.
        scores: (n,) their scores.
        sizes: (n,) their sizes.
        true: (n, 4) annotated type as a distribution: one type, or what an untyped box may be.
        weight: (n,) how far each match is to be believed.
    """
    bands = np.digitize(scores, SCORE_EDGES)
    large = np.interp(sizes, SIZES, (0.0, 1.0))
    return {
        "score_edges": list(SCORE_EDGES),
        "by_size": [_type_rows(predicted, bands, true * (weight * share)[:, None]) for share in (1 - large, large)],
    }


def _type_rows(predicted: Array, bands: Array, evidence: Array) -> dict[str, list[list[float]]]:
    table = {}
    for index, name in enumerate(TYPES):
        overall = evidence[predicted == index].sum(axis=0) + np.eye(len(TYPES))[index]
        rows = []
        for band in range(len(SCORE_EDGES) + 1):
            seen = evidence[(predicted == index) & (bands == band)].sum(axis=0)
            row = seen + PRIOR_STRENGTH * overall / overall.sum()
            rows.append([round(float(p), 4) for p in row / row.sum()])
        table[name] = rows
    return table
