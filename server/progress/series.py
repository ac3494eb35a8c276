"""A progress as the values that its chart draws."""

from collections.abc import Sequence

from server.progress.charts.series import Course, Point
from server.progress.progress import Progress
from server.progress.records import CourseRecord, VisitRecord


def chart_points(progress: Progress) -> list[Point]:
    """Return a point for each assessed visit, oldest first."""
    return [_point(visit, progress.apart(visit)) for visit in progress.assessed]


def chart_courses(courses: Sequence[CourseRecord]) -> list[Course]:
    """Return the courses as the chart's bars."""
    return [Course(course.label, course.kind, course.started_on, course.stopped_on) for course in courses]


def _point(visit: VisitRecord, apart: bool) -> Point:
    assert visit.assessment is not None
    counts, iga = visit.assessment.counts, visit.assessment.grade("IGA")
    return Point(
        visit.day,
        counts["inflammatory"],
        counts["non_inflammatory"],
        iga.number,
        {int(grade): share for grade, share in iga.distribution.items()},
        str(visit.assessment.model),
        apart,
    )
