"""The rules that the verdicts of a series are held against: two visits, and the mean of three."""

from __future__ import annotations

import numpy as np

from mobile_models.lesions import FloatArray

OF_TWO = 1.96 * np.sqrt(2)
"""Times SEM: what 95 % of the differences of √count between two photos of one face stay within."""


def pairwise(counts: FloatArray, start: int, sem: float) -> FloatArray:
    """[people, visits] √start − √count over what two photos must differ by: beyond 1 phones once called it a change."""
    roots = np.sqrt(np.floor(counts + 0.5))
    value: FloatArray = (roots[:, [start]] - roots) / (OF_TWO * sem)
    return value


def mean_of_three(counts: FloatArray, start: int) -> FloatArray:
    """[people, visits] mean √count of the first three visits up to the start less that of the latest three."""
    roots = np.sqrt(counts)
    first = np.nanmean(roots[:, max(0, start - 2) : start + 1], axis=1)
    latest = [np.nanmean(roots[:, max(0, visit - 2) : visit + 1], axis=1) for visit in range(roots.shape[1])]
    value: FloatArray = first[:, None] - np.stack(latest, axis=1)
    return value
