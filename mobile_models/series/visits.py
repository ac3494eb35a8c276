"""The visits of a series, and what a series is refused for."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from mobile_models.series.errors import (
    CourseStopsBeforeItStarts,
    NoVisits,
    NumberInvalid,
    TooManyChanges,
    TooManyVisits,
    VisitInFuture,
    VisitsUnordered,
    VisitTwice,
)

MOST_VISITS = 1000
MOST_CHANGES = 100
"""Each makes the state larger, and time grows with its square."""

LARGEST = 1e5
"""Beyond any week or count there is, and far below what the arithmetic holds."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: when, how many inflammatory lesions are expected, and on how many independent frames a view."""

    week: float
    count: float
    frames: float = 1.0


class Course(NamedTuple):
    """One treatment by the weeks in which it was started and, unless it is still taken, stopped."""

    start: float
    stop: float | None = None


def check_visits(visits: Sequence[Visit], today: float | None = None) -> None:
    """Refuse what is no series of visits.

    Args:
        visits: in order.
        today: the present week on the visits' scale, where it is known.

    Raises:
        NoVisits, TooManyVisits, NumberInvalid, VisitsUnordered, VisitTwice, VisitInFuture: naming the visit and the
            remedy.
    """
    if not visits:
        raise NoVisits("The series has no visit. Give at least one, as week, count and frames.")
    if len(visits) > MOST_VISITS:
        raise TooManyVisits(f"The series has {len(visits)} visits; {MOST_VISITS} are taken. Leave out the oldest ones.")
    for number, visit in enumerate(visits, 1):
        _check_number(visit.week, f"the week of visit {number}")
        _check_number(visit.count, f"the count of visit {number}", at_least=0)
        if not _check_number(visit.frames, f"the number of frames of visit {number}", at_least=0):
            raise NumberInvalid(f"The number of frames of visit {number} is 0. Give 1 for a single photo a view.")
    for number, (earlier, later) in enumerate(pairwise(visits), 2):
        if later.week == earlier.week:
            raise VisitTwice(
                f"Visits {number - 1} and {number} are both of week {earlier.week:g}. Leave one of them out."
            )
        if later.week < earlier.week:
            raise VisitsUnordered(f"Visit {number} lies before the one that it follows. Give visits in order of time.")
    if today is not None and visits[-1].week > _check_number(today, "the week of today"):
        raise VisitInFuture(f"Visit {len(visits)} lies in the future. Mend the date, or the clock that gave it.")


def changes_of(courses: Iterable[Course]) -> list[float]:
    """The weeks in which a treatment was started or stopped, in order of time.

    Raises:
        NumberInvalid, CourseStopsBeforeItStarts: naming the course by its place, and the remedy.
    """
    weeks = []
    for number, course in enumerate(courses, 1):
        weeks.append(_check_number(course.start, f"the start of course {number}"))
        if course.stop is not None:
            weeks.append(_check_number(course.stop, f"the stop of course {number}"))
            if course.stop < course.start:
                raise CourseStopsBeforeItStarts(f"Course {number} stops before it starts. Mend one of its two dates.")
    return sorted(weeks)


def check_weeks(weeks: Collection[float], of: str) -> None:
    """Refuse weeks that are no numbers, or too many. Raises NumberInvalid naming the first of them, TooManyChanges."""
    if len(weeks) > MOST_CHANGES:
        raise TooManyChanges(f"The series has {len(weeks)} {of}s; {MOST_CHANGES} are taken. Leave out the oldest ones.")
    for number, week in enumerate(weeks, 1):
        _check_number(week, f"the week of {of} {number}")


def check_sem(sem: float) -> None:
    """Refuse a standard error of measurement that is no number above 0. Raises NumberInvalid."""
    if not _check_number(sem, "sem", at_least=0):
        raise NumberInvalid("sem is 0. Give what was measured; a count without any error does not exist.")


def _check_number(value: Any, what: str, at_least: float = -LARGEST) -> float:
    try:
        finite = not isinstance(value, bool) and isinstance(value, int | float) and math.isfinite(value)
    except OverflowError:
        finite = False
    if not finite or abs(value) > LARGEST:
        raise NumberInvalid(f"{what[0].upper()}{what[1:]} is no number up to {LARGEST:g}. Give one.")
    if value < at_least:
        raise NumberInvalid(f"{what[0].upper()}{what[1:]} is {value:g}, below {at_least:g}. Mend it.")
    return float(value)
