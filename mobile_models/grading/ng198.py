"""NG198: severity by counts as NICE defines it (2021); mild to moderate, or moderate to severe.

Moderate to severe from 35 inflammatory lesions, or from three nodules. These are the only published thresholds on
counts; the probability is conditional on the standard by which the model counts, and experts differ threefold. It is
for a dermatologist to look at, and never by itself a reason for a treatment.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from mobile_models.counts import ExpectedCounts
from mobile_models.grading.grade import Grade, ordinal
from mobile_models.lesions import INFLAMMATORY
from mobile_models.negative_binomial import thinned


def grade(expected: ExpectedCounts, table: Mapping[str, Any]) -> Grade:
    """Distribution over the two categories of the counts expected.

    Args:
        expected: the visit's expected counts.
        table: `NG198` of the bundle's grading tables.
    """
    pmf, nodules = expected.group_pmf(INFLAMMATORY), int(table["nodules_from"])
    many = np.arange(len(pmf)) >= table["inflammatory_from"]
    severe = np.where(many, 1.0, thinned(len(pmf), expected.nodule_share(), nodules)[:, nodules])
    chance = float(pmf @ severe)
    return ordinal(np.array([1 - chance, chance]), table["bands"], expected, table)
