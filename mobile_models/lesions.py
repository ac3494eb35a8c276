"""Lesions and their counts, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

TYPES = ("comedo", "papule", "pustule", "nodule")
"""Lesion types in the order of the model's classes."""

COMEDO, PAPULE, PUSTULE, NODULE = range(len(TYPES))

PLURALS = {"comedo": "comedones", "papule": "papules", "pustule": "pustules", "nodule": "nodules"}

INFLAMMATORY, NON_INFLAMMATORY, TOTAL = "inflammatory", "non_inflammatory", "total"

GROUPS: Mapping[str, tuple[int, ...]] = {INFLAMMATORY: (PAPULE, PUSTULE, NODULE), NON_INFLAMMATORY: (COMEDO,)}
"""The two counts of acne trials, as positions in `TYPES`."""

EXPERIMENTAL = (NON_INFLAMMATORY,)
"""Groups whose count no annotated reference for a whole face exists to check by."""

MEASURES = (*GROUPS, TOTAL)
"""What change is stated of."""

COUNTED = (*TYPES, *MEASURES)
"""Every number that an assessment counts."""


@dataclass(frozen=True)
class Candidates:
    """What the model proposes for the photos of a visit: n possible lesions, photo by photo, best first in each.

    Attributes:
        photo: [n] position of its photo in the visit.
        boxes: [n, 4] x0 y0 x1 y1 in pixels of that photo, upright and whole.
        classes: [n] positions in `TYPES`, the model's own guess.
        scores: [n] in 0..1; comparable within one model only.
        sizes: [n] √area of each box as a share of the model's square.
    """

    photo: IntArray
    boxes: FloatArray
    classes: IntArray
    scores: FloatArray
    sizes: FloatArray

    @classmethod
    def of_visit(cls, by_photo: Sequence[Candidates]) -> Candidates:
        """One table of the candidates of a visit's photos."""
        return cls(*(np.concatenate([getattr(table, column.name) for table in by_photo]) for column in fields(cls)))

    def __len__(self) -> int:
        return len(self.scores)

    def rows_of(self, photo: int) -> IntArray:
        """[rows] of the table that hold the candidates of the photo at a position."""
        return np.flatnonzero(self.photo == photo)

    @property
    def centres(self) -> FloatArray:
        """[n, 2] x, y of each box's centre, pixels."""
        return (self.boxes[:, :2] + self.boxes[:, 2:]) / 2


@dataclass(frozen=True)
class Lesion:
    """One candidate as it is reported: its score to six decimals, its box to two, probabilities to four.

    `type` is the type it is counted as; a candidate that is not counted keeps the model's own class.
    `zone` is the zone its centre lies in, None without the guide or outside every zone.
    """

    type: str
    score: float
    box: Sequence[float]
    probabilities: Sequence[float]
    zone: str | None
    counted: bool

    def to_json(self) -> dict[str, Any]:
        """The lesion as it stands in an assessment."""
        return {
            "type": self.type,
            "score": self.score,
            "box": self.box,
            "probabilities": self.probabilities,
            "zone": self.zone,
            "counted": self.counted,
        }


@dataclass(frozen=True)
class Count:
    """How many lesions: the number drawn, the interval around it, and the mean it was rounded from."""

    value: int
    low: int
    high: int
    expected: float

    def to_json(self) -> dict[str, Any]:
        """The count as it stands in an assessment."""
        return {"value": self.value, "low": self.low, "high": self.high, "expected": round(self.expected, 4)}


def types_of(counted: str) -> tuple[str, ...]:
    """The types whose lesions a number of `COUNTED` holds."""
    if counted in TYPES:
        return (counted,)
    return TYPES if counted == TOTAL else tuple(TYPES[kind] for kind in GROUPS[counted])


def is_experimental(counted: str) -> bool:
    """Whether a number of `COUNTED` holds lesions of an experimental group."""
    return any(kind in types_of(group) for group in EXPERIMENTAL for kind in types_of(counted))


def lesions_in(zones: Mapping[str, Mapping[str, int]], among: Sequence[str], counted: str) -> int:
    """Lesions of one of `COUNTED` in those zones."""
    return sum(zones[zone][kind] for zone in among for kind in types_of(counted))
