"""What every visit of a series says: the number now, the level behind it, and how sure a change is."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any, NamedTuple

from mobile_models.series.constants import Constants
from mobile_models.series.kalman import F_START, L0, F, Filter, Setting
from mobile_models.series.visits import Visit, check_visits, check_weeks

NOTHING = 1e-9
"""A standard deviation below it is none: what is compared is one and the same."""


class Interval(NamedTuple):
    """A number of lesions with both ends of its interval."""

    low: float
    mid: float
    high: float


class Recent(NamedTuple):
    """A change that nobody entered: z as in `State`, and the week from which on it is seen."""

    z: float
    week: float


@dataclass(frozen=True)
class State:
    """What may be said at one visit, of it and of those before it. z is above 0 for fewer lesions.

    Attributes:
        week: the visit's.
        face: z of the number on the face now against that at the start.
        trend: z of the level now against that at the start: more than ordinary ups and downs.
        half: probability that the level is at half of the base or below.
        now: the number on the face now.
        level: the level behind the ups and downs.
        surprise: how far the visit lies from what the others make expected, in standard deviations.
        recent: the clearest recent change; None where no visit lies before the weeks in question.
    """

    week: float
    face: float
    trend: float
    half: float
    now: Interval
    level: Interval
    surprise: float
    recent: Recent | None = None

    def to_json(self) -> dict[str, Any]:
        """The state as `python -m mobile_models change` prints it."""
        return {
            "week": self.week,
            "face": self.face,
            "trend": self.trend,
            "half": self.half,
            "now": list(self.now),
            "level": list(self.level),
            "surprise": self.surprise,
            "recent": self.recent._asdict() if self.recent else None,
        }


def follow(
    visits: Sequence[Visit],
    changes: Collection[float] = (),
    breaks: Collection[float] = (),
    *,
    constants: Constants,
    recent: bool = True,
    found: bool = False,
    today: float | None = None,
) -> list[State]:
    """One state a visit.

    Args:
        visits: in order of time; `frames` is taken as given.
        changes: weeks of starts and stops of courses, see `changes_of`; those after the latest visit are ignored.
        breaks: weeks from which on another model counted, whose predecessor's photos were not assessed again.
        constants: the model's numbers.
        recent: whether changes that nobody entered are looked for.
        found: whether those found are taken into the model from then on, as if they had been entered.
        today: the present week, where it is known.

    Raises:
        SeriesInvalid: one subclass a reason; nothing is computed.
    """
    check_visits(visits, today)
    check_weeks(changes, "change")
    check_weeks(breaks, "break")
    added: list[float] = []
    filter_ = Filter(constants, Setting.of(visits, changes, breaks))
    states = []
    for number, visit in enumerate(visits, 1):
        filter_.update(visit)
        seen = look_back(visits[:number], constants) if recent or found else None
        if found and seen and is_news(seen, [*changes, *added], constants):
            added.append(seen.week)
            filter_ = run(visits[:number], constants, Setting.of(visits, changes, breaks, added))
        states.append(state(filter_, seen))
    return states


def run(visits: Sequence[Visit], constants: Constants, setting: Setting) -> Filter:
    """The filter after all of these visits."""
    filter_ = Filter(constants, setting)
    for visit in visits:
        filter_.update(visit)
    return filter_


def look_back(visits: Sequence[Visit], constants: Constants) -> Recent | None:
    """The clearest change of the last weeks: the filter restarted so many weeks back, with a run-in before.

    It knows no course, moves little but for the change it looks for, and so finds it sooner.
    """
    rule, last = constants.recent, visits[-1].week
    clearest: Recent | None = None
    for back in rule.back:
        restart = last - back
        window = [visit for visit in visits if visit.week >= restart - rule.run_in]
        if window[0].week > restart:
            continue
        filter_ = Filter(constants, Setting.of(window, [restart]), rule.dynamics)
        for visit in window:
            filter_.update(visit)
        z = z_of(*filter_.measure(filter_.contrast()))
        if clearest is None or abs(z) > abs(clearest.z):
            clearest = Recent(z, restart)
    return clearest


def is_news(recent: Recent, known: Collection[float], constants: Constants) -> bool:
    """Whether a recent change is certain enough, and no known one can be what is seen."""
    rule = constants.recent
    explained = any(week > recent.week - max(rule.back) for week in known)
    return abs(recent.z) >= rule.alarm and not explained


def state(filter_: Filter, recent: Recent | None = None) -> State:
    """What a filter says after its latest visit."""
    trend, m, p = filter_.contrast(), filter_.mean, filter_.variance
    along = [sum(map(mul, row, trend)) for row in p]
    moved, spread = sum(map(mul, trend, m)), sum(map(mul, trend, along))

    def measure(base: float = 0.0, ups_and_downs: float = 0.0, at_start: float = 0.0) -> tuple[float, float]:
        """Mean and standard deviation of the trend with these parts of the state added."""
        mean = moved + base * m[L0] + ups_and_downs * m[F] + at_start * m[F_START]
        variance = spread + base**2 * p[L0][L0] + ups_and_downs**2 * p[F][F] + at_start**2 * p[F_START][F_START]
        variance += 2 * (base * along[L0] + ups_and_downs * along[F] + at_start * along[F_START])
        variance += 2 * ups_and_downs * (base * p[L0][F] + at_start * p[F][F_START])
        return mean, math.sqrt(max(0.0, variance))

    quantile = filter_.constants.quantile
    return State(
        week=filter_.week,
        face=z_of(*measure(ups_and_downs=1.0, at_start=-1.0)),
        trend=z_of(*measure()),
        half=normal(z_of(*measure(base=1 - math.sqrt(0.5)))),
        now=interval(*measure(base=1.0, ups_and_downs=1.0), quantile),
        level=interval(*measure(base=1.0), quantile),
        surprise=filter_.surprise,
        recent=recent,
    )


def z_of(mean: float, deviation: float) -> float:
    """−mean / standard deviation; 0 where nothing is compared."""
    return -mean / deviation if deviation > NOTHING else 0.0


def interval(mean: float, deviation: float, quantile: float) -> Interval:
    """The interval of a number of lesions from mean and standard deviation of its √."""
    reach = quantile * deviation
    return Interval(max(0.0, mean - reach) ** 2, max(0.0, mean) ** 2, max(0.0, mean + reach) ** 2)


def normal(z: float) -> float:
    """P(a standard normal variable is at most z)."""
    return (1 + math.erf(z / math.sqrt(2))) / 2
