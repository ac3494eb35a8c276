"""The IGA strip: a step line of the estimate over cells as strong as each grade is probable."""

from collections.abc import Sequence
from itertools import pairwise
from xml.etree import ElementTree as ET

from mobile_models.grading import iga

from .axes import TimeAxis
from .series import Point, same_model
from .svg import add, points

GRADES = iga.GRADES[::-1]
ROW_PX = 15.0


def draw_iga(parent: ET.Element, series: Sequence[Point], days: TimeAxis, top_px: float, words: bool = False) -> None:
    """Draw five rows, grade 4 on top, under a heading at `top_px`; `words` adds what 0 and 4 mean."""
    panel = add(parent, "g", class_="panel iga")
    add(panel, "text", "IGA grade · estimate", x=0, y=top_px + 9, class_="heading")
    top_px += 22
    for row, grade in enumerate(GRADES):
        y = top_px + row * ROW_PX
        add(
            panel,
            "rect",
            x=days.left_px,
            y=y,
            width=days.right_px - days.left_px,
            height=ROW_PX,
            class_="row",
        )
        add(panel, "text", str(grade), x=days.left_px - 10, y=y + ROW_PX - 3.5, class_="tick number")
    spans = _spans(series, days)
    for point, (left, right) in zip(series, spans, strict=True):
        for row, grade in enumerate(GRADES):
            probability = point.iga.get(grade, 0.0)
            if probability >= 0.02:
                add(
                    panel,
                    "rect",
                    x=left + 0.5,
                    y=top_px + row * ROW_PX + 0.5,
                    width=max(1.0, right - left - 1),
                    height=ROW_PX - 1,
                    class_="cell apart" if point.apart else "cell",
                    fill_opacity=round(0.08 + 0.62 * probability, 2),
                )
    for run in same_model(series):
        _draw_steps(panel, [(p, spans[series.index(p)]) for p in run if p.iga_value is not None], top_px)


def iga_height_px() -> float:
    """Return the strip's height with its heading."""
    return 22 + ROW_PX * len(GRADES)


def _draw_steps(panel: ET.Element, run: Sequence[tuple[Point, tuple[float, float]]], top_px: float) -> None:
    path: list[tuple[float, float]] = []
    for point, (left, right) in run:
        y = top_px + (GRADES[0] - (point.iga_value or 0)) * ROW_PX + ROW_PX / 2
        path += [(left, y), (right, y)]
    if path:
        kind = "line step apart" if run[0][0].apart else "line step"
        add(panel, "polyline", points=points(path), class_=kind)


def _spans(series: Sequence[Point], days: TimeAxis) -> list[tuple[float, float]]:
    """Return what each visit stands for: from half-way to the one before, to half-way to the next one."""
    xs = [days.x(point.day) for point in series]
    middles = [(a + b) / 2 for a, b in pairwise(xs)]
    lefts = [days.left_px, *middles]
    rights = [*middles, days.right_px if len(xs) == 1 else xs[-1]]
    return list(zip(lefts, rights, strict=True))
