"""A distribution over many ordered scores as thin columns, the estimate's own column marked."""

from collections.abc import Mapping

from markupsafe import Markup

from .svg import add, drawing, markup

_WIDTH_PX, _HEIGHT_PX, _FOOT_PX = 240, 96, 18


def columns_chart(name: str, title: str, shares: Mapping[int, float], value: int, out_of: int) -> Markup:
    """Return a column for each score from 0 to `out_of`, as high as it is probable beside the likeliest."""
    highest = max(shares.values(), default=0.0) or 1.0
    likely = [score for score in sorted(shares) if shares[score] >= 0.05]
    summary = f"Most of it from {likely[0]} to {likely[-1]}." if likely else "Spread thinly."
    root = drawing(
        "chart distribution", name, _WIDTH_PX, _HEIGHT_PX, title, f"Estimate {value} out of {out_of}. {summary}"
    )
    pitch = _WIDTH_PX / (out_of + 1)
    foot = _HEIGHT_PX - _FOOT_PX
    add(root, "line", x1=0, x2=_WIDTH_PX, y1=foot, y2=foot, class_="axis")
    for score in range(out_of + 1):
        height = shares.get(score, 0.0) / highest * (foot - 6)
        if height > 0.2:
            x, y = score * pitch + 0.75, foot - height
            add(
                add(root, "g", class_="estimate" if score == value else "other"),
                "rect",
                x=x,
                y=y,
                width=pitch - 1.5,
                height=height,
                class_="bar",
            )
    for tick in range(0, out_of + 1, max(1, out_of // 4)):
        add(
            root,
            "text",
            str(tick),
            x=(tick + 0.5) * pitch,
            y=_HEIGHT_PX - 3,
            class_="tick",
            text_anchor="middle",
        )
    return markup(root)
