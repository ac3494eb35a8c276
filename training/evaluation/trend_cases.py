"""The fixed list of photo pairs that trend accuracy is measured on: which photo, and where it is drawn over.

Counts are of inflammatory lesions, the ones that a phone gives a verdict on; boxes without a type stand for them, as
in calibration. A list is a CSV file whose first line says how it was drawn.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from mobile_models.lesions import GROUPS, INFLAMMATORY
from training.array import Array
from training.datasets.photo import UNKNOWN, AnnotatedPhoto

CASES = Path(__file__).parent / "trend.csv"
TRENDS = ("better", "same", "worse")
COLUMNS = ("source", "image", "case", "edited", "boxes", "erased", "places")


class CasesDoNotFit(ValueError):
    """The list names a photo or a box that is not among the photos at hand."""


@dataclass(frozen=True)
class Case:
    """One pair: a photo as it is, and a copy of it that is drawn over.

    Attributes:
        source, image: the photo's collection and the stem of its file.
        case: what happened from the first of the pair to the second, one of `TRENDS`.
        edited: whether the copy is shown first or second.
        boxes: how many boxes the photo's labels hold, so that a changed label file is noticed.
        erased: positions of the boxes drawn over; none for "same".
        places: (k, 4) plain skin drawn over instead, x0 y0 x1 y1 relative to the photo; none but for "same".
    """

    source: str
    image: str
    case: str
    edited: Literal["first", "second"]
    boxes: int
    erased: tuple[int, ...]
    places: Array

    def fits(self, photo: AnnotatedPhoto) -> None:
        """Check that the photo's labels are those the case was drawn from.

        Raises:
            CasesDoNotFit: naming the case.
        """
        if len(photo.boxes) != self.boxes or not set(self.erased) <= set(inflammatory_boxes(photo).tolist()):
            raise CasesDoNotFit(
                f"{self.source}/{self.image} has other boxes than when the trend cases were drawn. Draw them again: "
                "python -m training.evaluation.trend_draw"
            )


def inflammatory_boxes(photo: AnnotatedPhoto) -> Array:
    """Return positions of a photo's boxes that count as inflammatory lesions."""
    return np.flatnonzero(np.isin(photo.types, (*GROUPS[INFLAMMATORY], UNKNOWN)))


def read_cases(path: Path = CASES) -> list[Case]:
    """Read a list of cases."""
    with path.open(newline="") as file:
        file.readline()
        return [_case(row) for row in csv.DictReader(file)]


def write_cases(cases: Iterable[Case], path: Path, drawn_by: str) -> None:
    """Write a list of cases under a line that says how it was drawn."""
    with path.open("w", newline="") as file:
        file.write(f"# {drawn_by}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for case in cases:
            places = " ".join(f"{edge:.4f}" for edge in case.places.ravel())
            erased = " ".join(map(str, case.erased))
            writer.writerow([case.source, case.image, case.case, case.edited, case.boxes, erased, places])


def _case(row: dict[str, str]) -> Case:
    edited: Literal["first", "second"] = "first" if row["edited"] == "first" else "second"
    erased = tuple(int(word) for word in row["erased"].split())
    places = np.array([float(word) for word in row["places"].split()]).reshape(-1, 4)
    return Case(row["source"], row["image"], row["case"], edited, int(row["boxes"]), erased, places)
