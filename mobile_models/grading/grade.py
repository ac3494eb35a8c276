"""What an instrument answers, and the steps that two of them share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mobile_models.counts import ExpectedCounts
from mobile_models.lesions import NON_INFLAMMATORY, FloatArray, IntArray
from mobile_models.zones import ZONES


@dataclass(frozen=True)
class Grade:
    """A grade with its distribution.

    `value` is the distribution's median, the lowest grade with at least half of the probability at or
    below it: grades are ordered, and the median is the one that is least far off on average, where the
    most probable one may jump over its neighbours.
    """

    value: int | str
    distribution: Mapping[str, float]
    basis: str
    validated: bool
    out_of: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The grade as it stands in an assessment."""
        scale = {} if self.out_of is None else {"out_of": self.out_of}
        distribution = {name: round(p, 6) for name, p in self.distribution.items()}
        return {
            "value": self.value,
            **scale,
            "distribution": distribution,
            "basis": self.basis,
            "validated": self.validated,
        }


@dataclass(frozen=True)
class Unavailable:
    """No grade, and why."""

    reason: str

    def to_json(self) -> dict[str, Any]:
        """The missing grade as it stands in an assessment."""
        return {"unavailable": self.reason}


def ordinal(
    probabilities: FloatArray, names: Sequence[int | str], expected: ExpectedCounts, table: Mapping[str, Any]
) -> Grade:
    """A grade from the probabilities of its ordered values."""
    probabilities = np.clip(probabilities, 0, None) / np.clip(probabilities, 0, None).sum()
    median = int(np.searchsorted(np.cumsum(probabilities), 0.5 - 1e-12))
    return Grade(
        value=names[median],
        distribution={str(name): float(p) for name, p in zip(names, probabilities, strict=True)},
        basis=basis(expected),
        validated=bool(table["validated"]),
        out_of=table.get("out_of"),
    )


def basis(expected: ExpectedCounts) -> str:
    """What of the face was graded."""
    if not expected.zones:
        return "unguided photo"
    if set(expected.zones) == set(ZONES):
        return "guided face"
    return f"partial face: {', '.join(expected.zones)}"


def graded(up_to: Sequence[int], counts: int) -> IntArray:
    """[counts] the grade of 0, 1, 2, … lesions, where `up_to[g]` is the most lesions still graded g."""
    return np.searchsorted(np.asarray(up_to), np.arange(counts)).astype(np.int64)


def raised_by_comedones(inflammatory: FloatArray, expected: ExpectedCounts, table: Mapping[str, Any]) -> FloatArray:
    """Let comedones raise a grade from inflammatory lesions by at most so much.

    Final grade = max(i, min(max(i, `comedones_start`) + `comedones_raise_by`, c)) for the inflammatory
    grade i and the grade c of the comedones alone; the two groups are independent.

    Args:
        inflammatory: [grades] probabilities of i.
        expected: gives the comedones' distribution.
        table: the instrument's thresholds.
    """
    pmf = expected.group_pmf(NON_INFLAMMATORY)
    comedones = np.bincount(graded(table["comedones_up_to"], len(pmf)), pmf, len(inflammatory))
    i, c = np.indices((len(inflammatory), len(comedones)))
    raised = np.minimum(np.maximum(i, table["comedones_start"]) + table["comedones_raise_by"], c)
    both = np.outer(inflammatory, comedones)
    final = np.bincount(np.maximum(i, raised).ravel(), both.ravel(), len(inflammatory))
    return final.astype(np.float64)
