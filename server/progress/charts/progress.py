"""The progress chart: counts, IGA and treatment courses one above the other on one time axis."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

from markupsafe import Markup

from .axes import TimeAxis
from .counts import INFLAMMATORY, NON_INFLAMMATORY, draw_counts
from .courses import courses_height_px, draw_courses, shown_courses
from .iga import draw_iga, iga_height_px
from .series import Course, Level, Point, of_each_model, same_model
from .svg import add, drawing, markup

_LEFT_PX = 34.0
_RIGHT_PX = 14.0
_GAP_PX = 26.0
_LONG = timedelta(weeks=104)
"""From here on a day without its year would be told from no other, as when a phone's clock was wrong."""


def progress_chart(
    name: str,
    series: Sequence[Point],
    courses: Sequence[Course],
    *,
    width_px: int,
    level: Level | None = None,
) -> Markup:
    """Return the chart of assessed visits, oldest first, `width_px` wide in its own units.

    `name` is unique in the page. `level` is the level behind the ups and downs of the inflammatory count. Raises
    ValueError without any visit: a page then says so in words instead.
    """
    if not series:
        raise ValueError("a progress chart needs at least one assessed visit")
    first = min(series[0].day, date.max - timedelta(weeks=1))
    last = max(series[-1].day, first + timedelta(weeks=1))
    days = TimeAxis(first, last, _LEFT_PX, width_px - _RIGHT_PX)
    shown = shown_courses(courses, days)
    heights = _heights(width_px)
    axis_px = heights[0] + _GAP_PX + heights[1] + _GAP_PX + iga_height_px() + 4
    total_px = axis_px + 40 + (courses_height_px(len(shown)) + 8 if shown else 0)
    root = drawing("chart progress", name, width_px, total_px, *_words(series, shown))
    guides = add(root, "g", class_="guides")
    marks = add(root, "g", class_="plot")
    draw_counts(marks, series, INFLAMMATORY, days, 0, heights[0], level)
    draw_counts(marks, series, NON_INFLAMMATORY, days, heights[0] + _GAP_PX, heights[1])
    draw_iga(marks, series, days, heights[0] + heights[1] + 2 * _GAP_PX)
    _draw_time(guides, days, axis_px)
    _draw_model_breaks(guides, series, days, axis_px)
    _draw_changes(guides, shown, days, axis_px)
    if level and level.first_told:
        _draw_first_told(guides, days, level.first_told, heights[0])
    draw_courses(marks, shown, days, axis_px + 46)
    return markup(root)


def _heights(width_px: int) -> tuple[float, float]:
    """Return the heights of the two count panels: taller where the drawing is narrow, as a phone is."""
    return (190.0, 130.0) if width_px < 500 else (230.0, 140.0)


def _draw_time(parent: ET.Element, days: TimeAxis, y: float) -> None:
    written = "%-d %b" if days.last - days.first < _LONG else "%b %Y"
    for week, day in days.ticks():
        x = days.x(day)
        add(parent, "line", x1=x, x2=x, y1=22, y2=y, class_="week")
        anchor = "start" if week == 0 else "end" if x > days.right_px - 8 else "middle"
        place = days.left_px - 8 if week == 0 else days.right_px + 12 if anchor == "end" else x
        label = "Week 0" if week == 0 else str(week)
        add(parent, "text", label, x=place, y=y + 14, class_="tick week-label", text_anchor=anchor)
        add(parent, "text", f"{day:{written}}", x=place, y=y + 29, class_="tick", text_anchor=anchor)


def _draw_changes(parent: ET.Element, courses: Sequence[Course], days: TimeAxis, y: float) -> None:
    """Draw a line through all panels where a course was started or stopped."""
    for day in sorted({day for course in courses for day in (course.started, course.stopped) if day}):
        if days.first <= day <= days.last:
            add(parent, "line", x1=days.x(day), x2=days.x(day), y1=22, y2=y, class_="course-change")


def _draw_first_told(parent: ET.Element, days: TimeAxis, day: date, y: float) -> None:
    x = days.x(day)
    add(parent, "path", d=f"M{x:.2f} {y + 2:.2f}l-5 8h10z", class_="first-told")
    anchor = "end" if x > (days.left_px + days.right_px) / 2 else "start"
    aside = -8 if anchor == "end" else 8
    add(parent, "text", "a change is first told", x=x + aside, y=y + 10, class_="first-told-label", text_anchor=anchor)


def _draw_model_breaks(parent: ET.Element, series: Sequence[Point], days: TimeAxis, y: float) -> None:
    """Draw where one model followed another; where their visits mingle there is no such place."""
    runs = same_model(series)
    if len(runs) > len(of_each_model(series)):
        return
    for before, after in pairwise(runs):
        x = (days.x(before[-1].day) + days.x(after[0].day)) / 2
        add(parent, "line", x1=x, x2=x, y1=16, y2=y, class_="model-break")
        turned = f"rotate(-90 {x - 4:.2f} 24)"
        place = {"class_": "model-break-label", "transform": turned, "text_anchor": "end"}
        add(parent, "text", "model changed", x=x - 4, y=24.0, **place)


def _words(series: Sequence[Point], courses: Sequence[Course]) -> tuple[str, str]:
    title = f"Lesion counts, IGA and treatment, {series[0].day:%-d %b %Y} to {series[-1].day:%-d %b %Y}"
    line = [point for point in series if not point.apart] or series
    first, last = line[0], line[-1]
    sentences = [
        "1 visit." if len(line) == 1 else f"{len(line)} visits.",
        f"Inflammatory lesions {first.inflammatory} at the first and {last.inflammatory} at the last,",
        f"comedones {first.non_inflammatory} and {last.non_inflammatory}, with 95 % intervals.",
    ]
    if first.iga_value is not None and last.iga_value is not None:
        sentences.append(f"Estimated IGA {first.iga_value} and {last.iga_value}.")
    if len(line) < len(series):
        sentences.append(
            f"Another model counted {len(series) - len(line)} more, drawn hollow and compared with an allowance."
        )
    if courses:
        sentences.append("Treatment: " + "; ".join(course.label for course in courses) + ".")
    return title, " ".join(sentences) + " The table on this page has every value."
