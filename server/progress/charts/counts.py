"""The count panels: a line through the counts, a band for their intervals, a whisker at each visit."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from mobile_models import lesions
from server.timeline.assessment import Count

from .axes import CountAxis, TimeAxis
from .series import Level, Point, of_each_model
from .svg import add, points


@dataclass(frozen=True)
class Measure:
    """One kind of count: its field of a `Point`, its heading, and the marker that tells it without colour."""

    field: str
    heading: str
    marker: str

    def of(self, point: Point) -> Count:
        """Return this count of a visit."""
        value: Count = getattr(point, self.field)
        return value


INFLAMMATORY = Measure(lesions.INFLAMMATORY, "Inflammatory lesions", "disc")
NON_INFLAMMATORY = Measure(lesions.NON_INFLAMMATORY, "Comedones · experimental", "diamond")


def draw_counts(
    parent: ET.Element,
    series: Sequence[Point],
    measure: Measure,
    days: TimeAxis,
    top_px: float,
    height_px: float,
    level: Level | None = None,
) -> None:
    """Draw one panel of `height_px` under its heading at `top_px`.

    `level` is the level behind the ups and downs; with it the counts stand as points, without their own band.
    """
    highest = max(
        [measure.of(point).high for point in series] + [high for _, _, _, high in (level.band if level else ())]
    )
    counts = CountAxis.reaching(highest, top_px + 22, top_px + height_px)
    panel = add(parent, "g", class_=f"panel {measure.field.replace('_', '-')}")
    add(panel, "text", measure.heading, x=0, y=top_px + 9, class_="heading")
    for tick in counts.ticks():
        y = counts.y(tick)
        kind = "grid" if tick else "axis"
        add(panel, "line", x1=days.left_px, x2=days.right_px, y1=y, y2=y, class_=kind)
        add(panel, "text", str(tick), x=days.left_px - 10, y=y + 4, class_="tick number")
    if level:
        _draw_level(panel, level, days, counts)
    for line in sorted(of_each_model(series), key=lambda line: not line[0].apart):
        _draw_line(panel, line, measure, days, counts, joined=level is None)


def _draw_level(panel: ET.Element, level: Level, days: TimeAxis, counts: CountAxis) -> None:
    upper = [(days.x(day), counts.y(high)) for day, _, _, high in level.band]
    lower = [(days.x(day), counts.y(low)) for day, low, _, _ in level.band]
    add(panel, "polygon", points=points(upper + lower[::-1]), class_="level-band")
    middle = [(days.x(day), counts.y(mid)) for day, _, mid, _ in level.band]
    add(panel, "polyline", points=points(middle), class_="level")


def _draw_line(
    panel: ET.Element, line: Sequence[Point], measure: Measure, days: TimeAxis, counts: CountAxis, *, joined: bool
) -> None:
    """Draw what one model counted, over its own visits; without the band and hollow where it stands apart."""
    places = [(days.x(point.day), measure.of(point)) for point in line]
    if line[0].apart:
        panel = add(panel, "g", class_="apart")
    elif joined:
        upper = [(x, counts.y(count.high)) for x, count in places]
        lower = [(x, counts.y(count.low)) for x, count in places]
        add(panel, "polygon", points=points(upper + lower[::-1]), class_="band")
    for x, count in places:
        add(panel, "line", x1=x, x2=x, y1=counts.y(count.low), y2=counts.y(count.high), class_="whisker")
    if joined:
        add(panel, "polyline", points=points([(x, counts.y(count.value)) for x, count in places]), class_="line")
    for point, (x, count) in zip(line, places, strict=True):
        mark = _draw_mark(panel, measure.marker, x, counts.y(count.value))
        add(mark, "title", f"{point.day:%-d %b %Y}: {count}" + (f", by {point.model}" if point.apart else ""))


def _draw_mark(panel: ET.Element, marker: str, x: float, y: float) -> ET.Element:
    if marker == "disc":
        return add(panel, "circle", cx=x, cy=y, r=4.0, class_="mark")
    corners = [(x, y - 5), (x + 5, y), (x, y + 5), (x - 5, y)]
    return add(panel, "polygon", points=points(corners), class_="mark")
