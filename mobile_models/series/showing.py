"""What would show: the smallest fall that a series could tell by its 12th visit, or by the third from now."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mobile_models.series.constants import Constants
from mobile_models.series.follow import z_of
from mobile_models.series.kalman import Filter, Setting
from mobile_models.series.visits import Visit

BY_VISIT = 12
AHEAD = 3
"""Visits to come at the least: a single low photo counts for little."""

STEPS = 100


def fall_that_would_show(
    visits: Sequence[Visit], changes: Collection[float] = (), *, constants: Constants
) -> tuple[int, int] | None:
    """The smallest fall from the start, per cent, that would be called probable, and by which visit.

    The visits to come are taken to be weekly, as good as the latest, and at the number fallen to. None where even the
    last lesion's going would not show.
    """
    setting, latest = Setting.of(visits, changes), visits[-1]
    number = max(BY_VISIT, len(visits) + AHEAD)
    base = setting.typical**2
    low, high = 0, STEPS
    if not _shows(visits, setting, base, high, number, latest, constants):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if _shows(visits, setting, base, middle, number, latest, constants):
            high = middle
        else:
            low = middle
    return high, number


def _shows(
    visits: Sequence[Visit],
    setting: Setting,
    base: float,
    fall: int,
    number: int,
    latest: Visit,
    constants: Constants,
) -> bool:
    fallen = base * (1 - fall / STEPS)
    filter_ = Filter(constants, setting)
    to_come = [Visit(latest.week + week, fallen, latest.frames) for week in range(1, number - len(visits) + 1)]
    for visit in (*visits, *to_come):
        filter_.update(visit)
    face = filter_.contrast(ups_and_downs=1.0, at_start=-1.0)
    return z_of(*filter_.measure(face)) > constants.said_at.probably
