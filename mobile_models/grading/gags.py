"""GAGS: Global Acne Grading System, its face part: zone factor × worst lesion there, summed, out of 32.

Factors forehead 2, each cheek 2, nose 1, chin 1; worst lesion 0 none, 1 comedo, 2 papule, 3 pustule,
4 nodule. The published bands of severity include chest and back, so no word is given. That a model's counts
may stand for a dermatologist's look is *unvalidated*.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from mobile_models.counts import ExpectedCounts
from mobile_models.grading.grade import Grade, Unavailable, ordinal
from mobile_models.lesions import INFLAMMATORY, NON_INFLAMMATORY, TYPES, FloatArray
from mobile_models.negative_binomial import none
from mobile_models.zones import ZONES

WORST = ("none", *TYPES)


def grade(expected: ExpectedCounts, table: Mapping[str, Any]) -> Grade | Unavailable:
    """Distribution over 0–32, zones taken as independent given what is expected in each.

    Args:
        expected: the visit's expected counts.
        table: `GAGS` of the bundle's grading tables.
    """
    if absent := [zone for zone in ZONES if zone not in expected.zones]:
        return Unavailable(
            "GAGS needs all five zones, taken through the guide; "
            + (f"not captured: {', '.join(absent)}" if expected.zones else "no guide was used")
        )
    points = np.array([table["worst_lesion"][kind] for kind in WORST])
    score = np.ones(1)
    for zone, means in zip(expected.zones, expected.mean.sum(axis=1), strict=True):
        score = np.convolve(score, np.bincount(points * table["factors"][zone], worst_lesion(means, expected.alpha)))
    return ordinal(score, range(len(score)), expected, table)


def worst_lesion(means: FloatArray, alpha: Mapping[str, float]) -> FloatArray:
    """[5] P(the worst lesion of a zone is none, comedo, papule, pustule, nodule) from its means by type."""
    comedo, papule, pustule, nodule = (float(means[TYPES.index(t)]) for t in TYPES)
    no_comedo = none(comedo, alpha[NON_INFLAMMATORY])
    at_most_comedo, at_most_papule, at_most_pustule = (
        none(worse, alpha[INFLAMMATORY]) for worse in (papule + pustule + nodule, pustule + nodule, nodule)
    )
    return np.diff([0.0, at_most_comedo * no_comedo, at_most_comedo, at_most_papule, at_most_pustule, 1.0])
