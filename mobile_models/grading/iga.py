"""IGA: Investigator's Global Assessment, five points (FDA guidance on acne vulgaris, May 2018).

0 clear; 1 rare comedones, at most one small papule; 2 some comedones, few papules or pustules, no nodule;
3 many comedones, some inflammatory lesions, at most one small nodule; 4 many of both, few nodules.
The counts that stand for these words are *unvalidated*: set to agree with the entry criteria of trials.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from mobile_models.counts import ExpectedCounts
from mobile_models.grading.grade import Grade, graded, ordinal, raised_by_comedones
from mobile_models.lesions import INFLAMMATORY
from mobile_models.negative_binomial import thinned

GRADES = range(5)
WORDS = ("clear", "almost clear", "mild", "moderate", "severe")
"""What each grade is called (FDA guidance on acne vulgaris, May 2018)."""


def grade(expected: ExpectedCounts, table: Mapping[str, Any]) -> Grade:
    """Distribution over IGA 0–4 of the counts expected.

    The inflammatory count sets the grade, nodules among them a least grade, comedones raise it by at
    most one.

    Args:
        expected: the visit's expected counts.
        table: `IGA` of the bundle's grading tables.
    """
    pmf = expected.group_pmf(INFLAMMATORY)
    by_count = graded(table["inflammatory_up_to"], len(pmf))
    most = table["nodules_from"][-1][0]
    nodules = thinned(len(pmf), expected.nodule_share(), most)
    inflammatory = np.zeros(len(GRADES))
    for number in range(most + 1):
        least = max((g for start, g in table["nodules_from"] if number >= start), default=0)
        np.add.at(inflammatory, np.maximum(by_count, least), pmf * nodules[:, number])
    return ordinal(raised_by_comedones(inflammatory, expected, table), GRADES, expected, table)
