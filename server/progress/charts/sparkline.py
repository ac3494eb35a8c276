"""A count over time, small enough to stand in a line of a list."""

from collections.abc import Sequence

from markupsafe import Markup

from .axes import CountAxis, TimeAxis
from .series import CountPoint, of_each_model
from .svg import add, drawing, markup, points

_WIDTH_PX, _HEIGHT_PX, _EDGE_PX = 132, 40, 5


def sparkline(name: str, series: Sequence[CountPoint]) -> Markup:
    """Return the inflammatory counts with their interval as a band, the last one marked."""
    if not series:
        raise ValueError("a sparkline needs at least one assessed visit")
    days = TimeAxis(series[0].day, series[-1].day, _EDGE_PX, _WIDTH_PX - _EDGE_PX)
    counts = CountAxis(max(4, *(p.inflammatory.high for p in series)), _EDGE_PX, _HEIGHT_PX - _EDGE_PX)
    last = series[-1].inflammatory
    values = ", ".join(str(point.inflammatory.value) for point in series)
    root = drawing(
        "chart sparkline",
        name,
        _WIDTH_PX,
        _HEIGHT_PX,
        "Inflammatory lesions over time",
        f"From the first visit: {values}.",
    )
    for run in of_each_model(series):
        upper = [(days.x(p.day), counts.y(p.inflammatory.high)) for p in run]
        lower = [(days.x(p.day), counts.y(p.inflammatory.low)) for p in run]
        add(root, "polygon", points=points(upper + lower[::-1]), class_="band")
        line = [(days.x(p.day), counts.y(p.inflammatory.value)) for p in run]
        add(root, "polyline", points=points(line), class_="line")
    add(root, "circle", cx=days.x(series[-1].day), cy=counts.y(last.value), r=3.5, class_="mark")
    return markup(root)
