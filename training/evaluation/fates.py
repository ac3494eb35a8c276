"""What became of lesions between the three views of a visit, in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.bootstrap import Figure


@dataclass(frozen=True)
class ByGeometry:
    """Shares of lesions by how many views' zones own them, if a detector found every lesion where it is."""

    once: Figure
    twice: Figure
    missed: Figure
    missed_as_no_view_shows_it: Figure
    missed_as_it_lies_in_no_zone: Figure
    missed_as_its_view_does_not_own_it: Figure
    missed_by_the_front_view_alone: Figure


@dataclass(frozen=True)
class ByDetector:
    """Shares of lesions by how often an assessment counts them."""

    once: Figure
    twice: Figure
    missed: Figure
    missed_though_owned: Figure


@dataclass(frozen=True)
class Fates:
    """Both, of the same lesions."""

    geometry: ByGeometry
    detector: ByDetector


@dataclass(frozen=True)
class Owned:
    """How many of a person's lesions are owned twice or more, and by no view."""

    twice: int
    missed: int


@dataclass(frozen=True)
class Detected:
    """How many of a person's lesions are counted twice or more and never; what else is counted, and the total."""

    twice: int
    missed: int
    false: int
    total: int


@dataclass(frozen=True)
class Person:
    """One rendered person's lesions, by what became of them."""

    person: str
    ita: float
    lesions: int
    geometry: Owned
    detector: Detected


@dataclass(frozen=True)
class ViewFigures:
    """Double counts and misses between views, of each person, of all lesions and of the inflammatory ones."""

    people: Sequence[Person]
    total: Fates
    inflammatory: Fates
