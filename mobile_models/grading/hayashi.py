"""Hayashi 2008: papules and pustules on half a face; 0–5 mild, 6–20 moderate, 21–50 severe, more very severe.

The worse half is graded, split at the midline of the guide in the front view; a side view's cheek belongs
to its side. It is not ACNE04's level, which bins every box of a photo. The bands are Hayashi's; that a
model's counts may stand for a dermatologist's is *unvalidated*.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from mobile_models import negative_binomial
from mobile_models.counts import ExpectedCounts
from mobile_models.grading.grade import Grade, Unavailable, ordinal
from mobile_models.lesions import INFLAMMATORY, PAPULE, PUSTULE
from mobile_models.zones import ZONES

COUNTED = (PAPULE, PUSTULE)


def grade(expected: ExpectedCounts, table: Mapping[str, Any]) -> Grade | Unavailable:
    """Distribution over the four bands, for the worse half of the face.

    Args:
        expected: the visit's expected counts.
        table: `Hayashi` of the bundle's grading tables.
    """
    if set(expected.zones) != set(ZONES):
        return Unavailable("Hayashi grades half a face: it needs the front view taken through the guide")
    halves = expected.mean[:, :, COUNTED].sum(axis=(0, 2))
    pmf = negative_binomial.pmf(float(halves.sum()), expected.alpha[INFLAMMATORY])
    left_share = float(halves[0] / halves.sum()) if halves.sum() else 0.5
    at_most = [_both_halves_at_most(band, pmf, left_share) for band in table["half_face_up_to"]]
    return ordinal(np.diff([0.0, *at_most, 1.0]), table["bands"], expected, table)


def _both_halves_at_most(most: int, pmf: np.ndarray[Any, np.dtype[np.float64]], left_share: float) -> float:
    """P(neither half has more than `most`) when each lesion falls to the left with that share."""
    left, right = np.indices((most + 1, most + 1))
    both = left + right
    log_factorial = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, 2 * most + 1)))))
    ways = np.exp(log_factorial[both] - log_factorial[left] - log_factorial[right])
    split = ways * left_share**left * (1 - left_share) ** right
    return float((np.pad(pmf, (0, 2 * most + 1))[both] * split).sum())
