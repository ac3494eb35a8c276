"""A progress as the values that its chart draws."""

from collections.abc import Sequence
from datetime import date
from itertools import accumulate

from mobile_models.grading.instruments import IGA
from mobile_models.lesions import INFLAMMATORY, NON_INFLAMMATORY
from mobile_models.series.verdict import FEWEST_VISITS
from server.progress.charts.series import Course, Level, Point
from server.progress.progress import Progress
from server.progress.records import CourseRecord, VisitRecord


def chart_points(progress: Progress) -> list[Point]:
    """Return a point for each assessed visit, oldest first, whose days never run back.

    Who flies east over the date line is a day earlier after a visit than before it: such a visit is drawn on the day of
    the one before it.
    """
    days = accumulate((visit.day for visit in progress.assessed), max)
    return [_point(visit, day, progress.apart(visit)) for visit, day in zip(progress.assessed, days, strict=True)]


def chart_level(progress: Progress) -> Level | None:
    """Return the level behind the ups and downs at each visit that is compared, and when a change was first told."""
    told = progress.followed.told
    if told is None or len(told.states) < FEWEST_VISITS:
        return None
    days = accumulate((visit.day for visit in progress.followed.visits), max)
    band = tuple(
        (day, state.level.low, state.level.mid, state.level.high) for day, state in zip(days, told.states, strict=True)
    )
    return Level(band, None if told.first_told is None else progress.followed.day(told.first_told))


def chart_courses(courses: Sequence[CourseRecord]) -> list[Course]:
    """Return the courses as the chart's bars."""
    return [Course(course.label, course.kind, course.started_on, course.stopped_on) for course in courses]


def _point(visit: VisitRecord, day: date, apart: bool) -> Point:
    assert visit.assessment is not None
    counts, iga = visit.assessment.counts, visit.assessment.grade(IGA)
    return Point(
        day,
        counts[INFLAMMATORY],
        str(visit.assessment.model),
        counts[NON_INFLAMMATORY],
        iga.number,
        {int(grade): share for grade, share in iga.distribution.items()},
        apart,
    )
