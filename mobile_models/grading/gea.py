"""GEA: Global Acne Evaluation, six points (Dréno 2011).

0 clear; 1 rare scattered comedones and papules; 2 less than half the face, few comedones and
papulopustules; 3 more than half the face, many, at most one nodule; 4 whole face, many, rare nodules;
5 highly inflammatory with nodules. The counts that stand for these words are *unvalidated*; extent is the
share of captured zones with an inflammatory lesion, and is not judged without the guide.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import comb, floor
from typing import Any

import numpy as np

from mobile_models.counts import ExpectedCounts
from mobile_models.grading.grade import Grade, graded, ordinal, raised_by_comedones
from mobile_models.lesions import GROUPS, INFLAMMATORY, FloatArray
from mobile_models.negative_binomial import thinned

GRADES = range(6)


def grade(expected: ExpectedCounts, table: Mapping[str, Any]) -> Grade:
    """Distribution over GEA 0–5 of the counts expected.

    Args:
        expected: the visit's expected counts.
        table: `GEA` of the bundle's grading tables.
    """
    pmf = expected.group_pmf(INFLAMMATORY)
    count = np.arange(len(pmf))
    by_count = graded(table["inflammatory_up_to"], len(pmf))
    extent, top = table["extent"], table["highly_inflammatory"]
    spread_grade = np.where(count >= extent["inflammatory_from"], extent["grade"], 0)
    wide = more_than(extent["share_of_zones_over"], _zone_shares(expected), len(pmf))
    nodules = thinned(len(pmf), expected.nodule_share(), top["nodules_from"])
    inflammatory = np.zeros(len(GRADES))
    for number in range(top["nodules_from"] + 1):
        least = np.maximum(by_count, max((g for n, g in table["nodules_from"] if number >= n), default=0))
        if number >= top["nodules_from"]:
            least[count >= top["inflammatory_from"]] = top["grade"]
        weight = pmf * nodules[:, number]
        np.add.at(inflammatory, least, weight * (1 - wide))
        np.add.at(inflammatory, np.maximum(least, spread_grade), weight * wide)
    return ordinal(raised_by_comedones(inflammatory, expected, table), GRADES, expected, table)


def more_than(share: float, zone_shares: Sequence[float], counts: int) -> FloatArray:
    """[counts] P(more than that share of zones holds one of n lesions), n = 0, 1, 2, …

    Each lesion falls into a zone on its own with that zone's share. With S_k the sum over sets of k zones
    of P(all n fall into the set), P(at most m zones) = Σ_{k≤m} (−1)^(m−k) C(Z−k−1, m−k) S_k (inclusion and
    exclusion).
    """
    zones, n = len(zone_shares), np.arange(counts)
    if not zones:
        return np.zeros(counts)
    most = min(floor(zones * share), zones - 1)
    at_most = np.zeros(counts)
    for k in range(most + 1):
        within = sum(np.power(sum(chosen, 0.0), n) for chosen in combinations(zone_shares, k))
        at_most += (-1) ** (most - k) * comb(zones - k - 1, most - k) * within
    return 1 - np.clip(at_most, 0, 1)


def _zone_shares(expected: ExpectedCounts) -> list[float]:
    means = expected.mean[:, :, GROUPS[INFLAMMATORY]].sum(axis=(1, 2))
    return [float(m) for m in means / means.sum()] if expected.zones and means.sum() > 0 else []
