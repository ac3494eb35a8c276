"""The numbers of the model of change, from the manifest's "change"; none of them stands in code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Dynamics:
    """How the level moves between visits.

    Attributes:
        walk: variance a week of the random walk of √count after the start.
        course_weeks: time constant of a change of treatment, weeks.
        spread: standard deviation of a change's effect as a share of the typical √count.
        spread_at_least: the least standard deviation of that effect.
        effect: mean of that effect as a share of the typical √count; 0 takes no side.
    """

    walk: float
    course_weeks: float
    spread: float
    spread_at_least: float
    effect: float = 0.0


@dataclass(frozen=True)
class RecentRule:
    """How a change that nobody entered is looked for: restarts so many weeks back, each with a run-in."""

    back: tuple[float, ...]
    run_in: float
    alarm: float
    dynamics: Dynamics


@dataclass(frozen=True)
class SaidAt:
    """From which z, probability or number of visits on each statement is made; see `words`."""

    probably: float
    face: float
    likely: float
    clearly: float
    since: float
    recent: float
    half: float
    surprise: float
    running: int


@dataclass(frozen=True)
class OutlookRule:
    """When the outlook is given, on what course, and what its words start at."""

    week: float
    from_week: float
    spoken_from_week: float
    on_course: float
    unlikely: float
    active: Dynamics
    unknown: Dynamics


@dataclass(frozen=True)
class Constants:
    """All of it; variances are of √count, times are weeks.

    Attributes:
        sem: standard error of measurement of √count for one frame a view.
        frames_count_as: how many independent frames one, two, three … re-posed frames are worth.
        base_mean, base_sd: of √count before anything was seen.
        turnover, turnover_weeks: variance from lesions being born and healing, and how long it is kept.
        rate_variation, rate_weeks: relative variation of the rate of new lesions, and how long it is kept.
        break_sd: of the offset of a model whose predecessor's photos were not assessed again.
        robust_from, robust_beyond: from which visit on a surprise beyond which z weighs less.
        quantile: z of either end of the intervals given.
    """

    sem: float
    frames_count_as: tuple[float, ...]
    base_mean: float
    base_sd: float
    turnover: float
    turnover_weeks: float
    rate_variation: float
    rate_weeks: float
    break_sd: float
    robust_from: int
    robust_beyond: float
    quantile: float
    dynamics: Dynamics
    recent: RecentRule
    said_at: SaidAt
    outlook: OutlookRule

    @classmethod
    def from_manifest(cls, change: Mapping[str, Any]) -> Constants:
        """Read a manifest's "change".

        Raises:
            ValueError: naming the first figure that cannot be right.
            KeyError: naming what is missing.
        """
        course, recent, outlook = change["course"], change["recent"], change["outlook"]
        read = cls(
            sem=float(change["sem"]),
            frames_count_as=tuple(map(float, change["frames_count_as"])),
            base_mean=float(change["base"]["mean"]),
            base_sd=float(change["base"]["sd"]),
            turnover=float(change["turnover"]["variance"]),
            turnover_weeks=float(change["turnover"]["weeks"]),
            rate_variation=float(change["rate"]["variation"]),
            rate_weeks=float(change["rate"]["weeks"]),
            break_sd=float(change["break_sd"]),
            robust_from=int(change["robust"]["from_visit"]),
            robust_beyond=float(change["robust"]["beyond"]),
            quantile=float(change["interval"]["z"]),
            dynamics=Dynamics(
                float(change["walk"]), float(course["weeks"]), float(course["spread"]), float(course["spread_at_least"])
            ),
            recent=RecentRule(
                tuple(map(float, recent["back"])),
                float(recent["run_in"]),
                float(recent["alarm"]),
                Dynamics(
                    float(recent["walk"]),
                    float(recent["weeks"]),
                    float(course["spread"]),
                    float(recent["spread_at_least"]),
                ),
            ),
            said_at=SaidAt(**change["said_at"]),
            outlook=OutlookRule(
                **{
                    name: float(outlook[name])
                    for name in ("week", "from_week", "spoken_from_week", "on_course", "unlikely")
                },
                active=_effective(change, "active"),
                unknown=_effective(change, "unknown"),
            ),
        )
        times = (read.turnover_weeks, read.rate_weeks, read.dynamics.course_weeks, read.recent.dynamics.course_weeks)
        if min(read.sem, read.base_sd, read.turnover, *times) <= 0:
            raise ValueError("sem, base sd, turnover and every number of weeks must be above 0")
        if list(read.frames_count_as) != sorted(read.frames_count_as) or not 0 < read.frames_count_as[0] <= 1:
            raise ValueError("frames_count_as must rise from 1")
        return read

    def frames(self, number: int) -> float:
        """What so many re-posed frames a view count as, in independent frames."""
        return self.frames_count_as[min(max(number, 1), len(self.frames_count_as)) - 1]


def _effective(change: Mapping[str, Any], drug: str) -> Dynamics:
    outlook = change["outlook"]
    effect, spread = float(outlook[drug]), float(outlook["spread"])
    return Dynamics(float(outlook["walk"]), float(change["course"]["weeks"]), spread, 0.0, effect)
