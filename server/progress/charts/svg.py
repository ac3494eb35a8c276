"""One way to build SVG: ElementTree, so that every chart is well-formed and every name in it is escaped."""

import re
from xml.etree import ElementTree as ET

from markupsafe import Markup

Attribute = str | int | float

# XML 1.0 has no way to write these at all, escaped or not.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def drawing(kind: str, name: str, width_px: float, height_px: float, title: str, description: str) -> ET.Element:
    """Return an empty `<svg role="img">` whose title and description are announced together.

    `kind` is the class that the style sheet knows it by; `name` must be unique within the page: it makes the
    ids that the accessible name refers to.
    """
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": kind,
            "viewBox": f"0 0 {_written(width_px)} {_written(height_px)}",
            "role": "img",
            "aria-labelledby": f"{name}-title {name}-desc",
        },
    )
    add(root, "title", title, id=f"{name}-title")
    add(root, "desc", description, id=f"{name}-desc")
    return root


def add(parent: ET.Element, tag: str, text: str | None = None, **attributes: Attribute) -> ET.Element:
    """Append an element; `class_` and `stroke_width` become `class` and `stroke-width`."""
    element = ET.SubElement(
        parent, tag, {key.rstrip("_").replace("_", "-"): _written(value) for key, value in attributes.items()}
    )
    if text is not None:
        element.text = _NOT_XML.sub("�", text)
    return element


def markup(root: ET.Element) -> Markup:
    """Return the drawing as markup that a template may place as it is."""
    return Markup(ET.tostring(root, encoding="unicode"))  # ElementTree has escaped every text.


def points(pairs: list[tuple[float, float]]) -> str:
    """Return coordinates as `polyline` and `polygon` want them."""
    return " ".join(f"{_written(x)},{_written(y)}" for x, y in pairs)


def text_width_px(text: str, font_px: float) -> float:
    """Return about how wide a sans-serif text is: enough to keep labels inside their drawing."""
    return 0.56 * font_px * len(text)


def _written(value: Attribute) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
