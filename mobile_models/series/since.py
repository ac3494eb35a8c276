"""Change between two times of a series, each from all visits: since the best, a change of treatment, the last look."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from operator import mul

from mobile_models.series.constants import Constants
from mobile_models.series.follow import Interval, interval, z_of
from mobile_models.series.kalman import EFFECTS, F_START, F, Filter, Setting, Vector, W
from mobile_models.series.visits import Visit


@dataclass(frozen=True)
class Since:
    """Change since an earlier visit; z is above 0 for fewer lesions.

    Attributes:
        week: the earlier visit's.
        face: z of the number on the face now against then.
        trend: z of the level now against then.
        level: the level then.
        now: the number on the face then.
    """

    week: float
    face: float
    trend: float
    level: Interval
    now: Interval


def since(
    visits: Sequence[Visit],
    weeks: Collection[float],
    changes: Collection[float] = (),
    breaks: Collection[float] = (),
    *,
    constants: Constants,
    unentered: Collection[float] = (),
) -> list[Since]:
    """Change from earlier visits to the latest, from the joint distribution of both times given all visits.

    Args:
        visits: in order, already checked by `follow`.
        weeks: of earlier visits.
        changes: as for `follow`.
        breaks: as for `follow`.
        constants: the model's numbers.
        unentered: weeks of changes that nobody entered and that are taken into the model.
    """
    filter_ = Filter(constants, Setting.of(visits, changes, breaks, unentered))
    earlier: dict[float, tuple[int, int, Vector]] = {}
    for visit in visits:
        filter_.update(visit)
        if visit.week in weeks:
            earlier[visit.week] = (*filter_.augment(), filter_.reached(visit.week))
    return [_since(filter_, week, *earlier[week]) for week in weeks]


def best(
    visits: Sequence[Visit],
    changes: Collection[float] = (),
    breaks: Collection[float] = (),
    *,
    constants: Constants,
    unentered: Collection[float] = (),
) -> float:
    """The week of the lowest smoothed level from the start on; of equal ones the latest."""
    setting = Setting.of(visits, changes, breaks, unentered)
    levels = smoothed_levels(visits, constants, setting)
    since_start = [
        (level, -visit.week) for visit, level in zip(visits, levels, strict=True) if visit.week >= setting.start
    ]
    return -min(since_start)[1]


def smoothed_levels(visits: Sequence[Visit], constants: Constants, setting: Setting) -> list[float]:
    """Mean √level at each visit given all of them (Bryson and Frazier 1963: backwards, without inverting a matrix)."""
    filter_ = Filter(constants, setting, remember=True)
    for visit in visits:
        filter_.update(visit)
    pull: Vector = [0.0] * len(filter_.mean)
    levels = []
    for step in reversed(filter_.steps or []):
        if step.at_start:
            pull[F] += pull[F_START]
            pull[F_START] = 0.0
        back = step.pull - sum(map(mul, step.along, pull)) / step.scatter
        pull = [pulled + seen * back for pulled, seen in zip(pull, step.sees, strict=True)]
        mean = [m + sum(map(mul, row, pull)) for m, row in zip(step.mean, step.variance, strict=True)]
        filter_.week = step.week
        levels.append(sum(map(mul, filter_.level(), mean)))
        pull[F] *= step.share_left
    return levels[::-1]


def _since(filter_: Filter, week: float, walk: int, ups_and_downs: int, reached: Vector) -> Since:
    quantile = filter_.constants.quantile
    then = _then(filter_, walk, reached)
    face_then = _with(then, ups_and_downs, 1.0)
    trend = [now - before for now, before in zip(filter_.level(), then, strict=True)]
    face = [now - before for now, before in zip(_with(filter_.level(), F, 1.0), face_then, strict=True)]
    return Since(
        week,
        z_of(*filter_.measure(face)),
        z_of(*filter_.measure(trend)),
        interval(*filter_.measure(then), quantile),
        interval(*filter_.measure(face_then), quantile),
    )


def _then(filter_: Filter, walk: int, reached: Vector) -> Vector:
    contrast = filter_.contrast(base=1.0)
    contrast[W] = 0.0
    contrast[walk] = 1.0
    contrast[EFFECTS : EFFECTS + len(reached)] = [-share for share in reached]
    return contrast


def _with(contrast: Vector, place: int, weight: float) -> Vector:
    return [*contrast[:place], weight, *contrast[place + 1 :]]
