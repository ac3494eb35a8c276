"""The counted lesions as lettered rings in the pixels of their photo, to be laid over it."""

from collections.abc import Sequence

from markupsafe import Markup

from mobile_models.lesions import PLURALS, TYPES
from mobile_models.marks import MARKS
from server.timeline.assessment import Lesion

from .svg import add, drawing, markup


def lesion_overlay(name: str, lesions: Sequence[Lesion], width_px: int, height_px: int) -> Markup:
    """Return a drawing as large as the upright photo with a ring and a letter for each lesion.

    Sizes follow the photo's short side, so that rings look alike on every photo shown at one width.
    """
    unit = min(width_px, height_px) / 100
    root = drawing("lesions", name, width_px, height_px, "Lesions the model counted in this photo", _in_words(lesions))
    for lesion in lesions:
        x0, y0, x1, y1 = lesion.box
        cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
        radius = max(max(x1 - x0, y1 - y0) / 2 + 0.3 * unit, unit)
        group = add(root, "g", class_=lesion.type)
        add(group, "circle", cx=cx, cy=cy, r=radius, class_="halo", stroke_width=0.95 * unit)
        add(group, "circle", cx=cx, cy=cy, r=radius, class_="ring", stroke_width=0.45 * unit)
        right = cx + radius + 4 * unit < width_px
        add(
            group,
            "text",
            MARKS[lesion.type].letters,
            x=cx + (0.75 * radius + 0.3 * unit) * (1 if right else -1),
            y=max(cy - 0.75 * radius, 3 * unit),
            text_anchor="start" if right else "end",
            font_size=2.9 * unit,
            stroke_width=0.7 * unit,
        )
    return markup(root)


def _in_words(lesions: Sequence[Lesion]) -> str:
    counts = {kind: sum(lesion.type == kind for lesion in lesions) for kind in TYPES}
    parts = [f"{n} {kind if n == 1 else PLURALS[kind]}" for kind, n in counts.items() if n]
    return ("Rings around " + ", ".join(parts) + ".") if parts else "No lesion was counted here."
