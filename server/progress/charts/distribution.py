"""How probable each grade is, as bars with the share written beside them."""

from collections.abc import Mapping

from markupsafe import Markup

from .svg import add, drawing, markup

_ROW_PX, _WIDTH_PX, _LABEL_PX, _SHARE_PX, _GAP_PX = 20, 240, 68, 40, 8
_LETTER_PX = 6.3
"""As wide as letters of a label are on average, drawn bold."""


def distribution_chart(name: str, title: str, shares: Mapping[str, float], value: str) -> Markup:
    """Return one bar a grade, in the order given; the estimate's own bar is drawn stronger and named.

    `shares` are probabilities that sum to one. Grades below one per cent are left out at both ends only.
    """
    shown = _without_empty_ends(shares)
    summary = ", ".join(f"{grade}: {_percent(share)}" for grade, share in shown.items())
    root = drawing("chart distribution", name, _WIDTH_PX, _ROW_PX * len(shown), title, f"Estimate {value}. {summary}.")
    label = max([_LABEL_PX, *(len(grade) * _LETTER_PX for grade in shown)])
    left = label + _GAP_PX
    room = _WIDTH_PX - left - _SHARE_PX
    for row, (grade, share) in enumerate(shown.items()):
        y = row * _ROW_PX
        group = add(root, "g", class_="estimate" if grade == value else "other")
        add(group, "text", grade, x=label, y=y + 14, class_="tick number")
        add(group, "rect", x=left, y=y + 4, width=room, height=12, class_="trough")
        add(group, "rect", x=left, y=y + 4, width=max(1.0, share * room), height=12, class_="bar")
        add(group, "text", _percent(share), x=_WIDTH_PX, y=y + 14, class_="tick number")
    return markup(root)


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %" if share >= 0.01 else "< 1 %"


def _without_empty_ends(shares: Mapping[str, float]) -> dict[str, float]:
    grades = list(shares)
    shown_places = [index for index, grade in enumerate(grades) if shares[grade] >= 0.01] or [0, len(grades) - 1]
    return {grade: shares[grade] for grade in grades[shown_places[0] : shown_places[-1] + 1]}
