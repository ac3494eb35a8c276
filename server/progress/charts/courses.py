"""Treatment courses as bars under the time axis, each with its name above it."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from .axes import TimeAxis
from .series import Course
from .svg import add, points, text_width_px

ROW_PX = 33.0
_KINDS = ("topical", "oral", "procedure")


def shown_courses(courses: Sequence[Course], days: TimeAxis) -> list[Course]:
    """Return the courses that touch the axis, earliest first."""
    touching = [c for c in courses if c.started <= days.last and (c.stopped is None or c.stopped >= days.first)]
    return sorted(touching, key=lambda course: (course.started, course.label))


def courses_height_px(count: int) -> float:
    """Return the panel's height with its heading, nothing for no courses."""
    return 24 + ROW_PX * count if count else 0.0


def draw_courses(parent: ET.Element, courses: Sequence[Course], days: TimeAxis, top_px: float) -> None:
    """Draw a bar a course; one that goes on, or began before the axis, ends in a point."""
    if not courses:
        return
    panel = add(parent, "g", class_="panel courses")
    add(panel, "text", "Treatment", x=0, y=top_px + 9, class_="heading")
    for row, course in enumerate(courses):
        _draw_course(panel, course, days, top_px + 24 + row * ROW_PX)


def _draw_course(panel: ET.Element, course: Course, days: TimeAxis, y: float) -> None:
    left, right = days.x(course.started), days.x(course.stopped or days.last)
    right = max(right, left + 4)
    before, after = course.started < days.first, course.stopped is None or course.stopped > days.last
    kind = course.kind if course.kind in _KINDS else "other"
    group = add(panel, "g", class_=f"course {kind}")
    label = _fitted(course.label, days.right_px - days.left_px)
    start = max(days.left_px, min(left, days.right_px + 8 - text_width_px(label, 12)))
    add(group, "text", label, x=start, y=y + 10, class_="course-label")
    top, bottom = y + 16, y + 25
    middle, tip = (top + bottom) / 2, 6.0
    outline = [(left, top), (right, top)]
    outline += [(right + tip, middle)] if after else []
    outline += [(right, bottom), (left, bottom)]
    outline += [(left - tip, middle)] if before else []
    bar = add(group, "polygon", points=points(outline), class_="bar")
    stop = f"{course.stopped:%-d %b %Y}" if course.stopped else "still going on"
    add(bar, "title", f"{course.label}: {course.started:%-d %b %Y} – {stop}")


def _fitted(label: str, width_px: float) -> str:
    """Return the label, shortened where it would leave the drawing."""
    room = int(width_px / text_width_px("m", 12))
    return label if len(label) <= room else label[: room - 1].rstrip() + "…"
