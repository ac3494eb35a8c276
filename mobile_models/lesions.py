"""Lesions and their counts, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

TYPES = ("comedo", "papule", "pustule", "nodule")
"""Lesion types in the order of the model's classes."""

GROUPS: Mapping[str, tuple[int, ...]] = {"inflammatory": (1, 2, 3), "non_inflammatory": (0,)}
"""The two counts of acne trials, as positions in `TYPES`."""

MEASURES = ("inflammatory", "non_inflammatory", "total")


@dataclass(frozen=True)
class Candidates:
    """What the model proposes for one photo, best first: n possible lesions.

    Attributes:
        boxes: [n, 4] x0 y0 x1 y1 in pixels of the upright whole photo.
        classes: [n] positions in `TYPES`, the model's own guess.
        scores: [n] in 0..1; comparable within one model only.
        sizes: [n] √area of each box as a share of the model's square.
    """

    boxes: FloatArray
    classes: IntArray
    scores: FloatArray
    sizes: FloatArray

    def __len__(self) -> int:
        return len(self.scores)

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
