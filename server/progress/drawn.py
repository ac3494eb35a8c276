"""The progress chart of a timeline, once for a phone and once for a desk."""

from dataclasses import dataclass

from markupsafe import Markup

from server.progress.charts.progress import progress_chart
from server.progress.progress import Progress
from server.progress.series import chart_courses, chart_level, chart_points

NARROW_PX, WIDE_PX = 330, 760


@dataclass(frozen=True)
class Drawn:
    """The same chart at two widths, so that its text keeps one size; a style sheet shows one of them."""

    narrow: Markup
    wide: Markup
    apart: bool
    """Whether it shows visits that another model assessed."""
    level: bool
    """Whether it shows the level behind the ups and downs."""


def drawn_progress(progress: Progress) -> Drawn | None:
    """Return the chart, or None before the first assessed visit."""
    points = chart_points(progress)
    if not points:
        return None
    courses, level = chart_courses(progress.courses), chart_level(progress)

    def at(name: str, width_px: int) -> Markup:
        return progress_chart(name, points, courses, width_px=width_px, level=level)

    return Drawn(
        at("progress-1", NARROW_PX), at("progress-2", WIDE_PX), any(point.apart for point in points), level is not None
    )
