"""What the progress chart draws: values only, no database and no model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TypeVar

from server.timeline.assessment import Count


@dataclass(frozen=True)
class CountPoint:
    """The inflammatory count of one assessed visit.

    `model` tells which model made the assessment; a line is never drawn from one model to another.
    """

    day: date
    inflammatory: Count
    model: str


@dataclass(frozen=True)
class Point(CountPoint):
    """All of one assessed visit. `iga` maps each grade to its probability, `iga_value` is the estimate.

    `apart` marks a visit of another model than the chart's: it is drawn hollow.
    """

    non_inflammatory: Count
    iga_value: int | None
    iga: Mapping[int, float]
    apart: bool = False


P = TypeVar("P", bound=CountPoint)


@dataclass(frozen=True)
class Course:
    """One treatment from start to stop; `stopped` is None while it goes on."""

    label: str
    kind: str
    started: date
    stopped: date | None


@dataclass(frozen=True)
class Level:
    """The level behind the ups and downs: (day, low, middle, high) at each visit, with its 80 % interval.

    `first_told` is the day of the visit at which a change since the start was first told.
    """

    band: Sequence[tuple[date, float, float, float]]
    first_told: date | None


def of_each_model(points: Sequence[P]) -> list[list[P]]:
    """Return the points of each model, in the order that the models first appear."""
    by_model: dict[str, list[P]] = {}
    for point in points:
        by_model.setdefault(point.model, []).append(point)
    return list(by_model.values())


def same_model(points: Sequence[Point]) -> list[list[Point]]:
    """Return runs of neighbouring points that one model made."""
    return [list(run) for _, run in groupby(points, key=lambda point: point.model)]
