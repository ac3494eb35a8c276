"""From assessments to a series: which visits can be compared, over which zones, and where another model took over."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mobile_models.lesions import INFLAMMATORY, lesions_in
from mobile_models.series.constants import Constants
from mobile_models.series.visits import Visit
from mobile_models.zones import ZONES

UNAVAILABLE = "its photos could not be judged"
NO_GUIDE = "it was taken without the guide, so its zones are not known"


@dataclass(frozen=True)
class Assessed:
    """What a series takes of a visit's assessment.

    Attributes:
        week: when.
        zones: expected inflammatory lesions by captured zone; None without the guide or where nothing was counted.
        frames: re-posed frames a view.
        model: what names the exact model.
        left_out: why nothing was counted; None where something was.
    """

    week: float
    zones: Mapping[str, float] | None
    frames: int = 1
    model: str = ""
    left_out: str | None = None

    @classmethod
    def of(cls, week: float, assessment: Mapping[str, Any]) -> Assessed:
        """Take it from an assessment's JSON; one without expected counts gives those that were drawn."""
        if by_zone := assessment.get("zones_expected"):
            zones = {zone: float(by_type[INFLAMMATORY]) for zone, by_type in by_zone.items()}
        else:
            drawn = assessment.get("zones") or {}
            zones = {zone: float(lesions_in(drawn, [zone], INFLAMMATORY)) for zone in drawn}
        unavailable = bool(assessment.get("unavailable"))  # Its counts are kept, and are no result.
        why = UNAVAILABLE if unavailable else None if zones else NO_GUIDE
        return cls(
            week,
            None if unavailable else zones or None,
            int(assessment.get("frames", 1)),
            assessment["model"]["sha256"],
            why,
        )


@dataclass(frozen=True)
class Compared:
    """A series over the zones that all of its visits have.

    Attributes:
        visits: those compared.
        zones: over which.
        breaks: weeks from which on another model counted.
        left_out: why others are not compared, by their week.
    """

    visits: tuple[Visit, ...]
    zones: tuple[str, ...]
    breaks: tuple[float, ...]
    left_out: Mapping[float, str] = field(default_factory=dict)


def compare(assessed: Sequence[Assessed], area_share: Mapping[str, float], constants: Constants) -> Compared:
    """The visits that can be compared, in the order given.

    Of all sets of zones that one is taken whose share of the face times the visits that have it is greatest: a single
    visit of one cheek does not reduce all others to that cheek.
    """
    zones = _zones(assessed, area_share)
    compared, left_out = [], {}
    for visit in assessed:
        missing = [zone for zone in zones if zone not in (visit.zones or {})]
        if visit.zones is None:
            left_out[visit.week] = visit.left_out or NO_GUIDE
        elif missing or not zones:
            left_out[visit.week] = f"it does not show {', '.join(missing).replace('_', ' ')}"
        else:
            compared.append(visit)
    return Compared(
        visits=tuple(
            Visit(visit.week, sum((visit.zones or {})[zone] for zone in zones), constants.frames(visit.frames))
            for visit in compared
        ),
        zones=zones,
        breaks=tuple(other.week for visit, other in itertools.pairwise(compared) if visit.model != other.model),
        left_out=left_out,
    )


def _zones(assessed: Sequence[Assessed], area_share: Mapping[str, float]) -> tuple[str, ...]:
    captured = [sum(1 << ZONES.index(zone) for zone in visit.zones) for visit in assessed if visit.zones]
    best, most = 0, 0.0
    for some in range((1 << len(ZONES)) - 1, 0, -1):
        share = sum(area_share[zone] for place, zone in enumerate(ZONES) if some >> place & 1)
        worth = share * sum(some & zones_of == some for zones_of in captured)
        if worth > most:
            best, most = some, worth
    return tuple(zone for place, zone in enumerate(ZONES) if best >> place & 1)
