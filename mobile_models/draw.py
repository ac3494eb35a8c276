"""Draw the lesions that were counted on the photo, so that a person can check them.

A legend gives the counts, which are the rings that are drawn.
"""

from __future__ import annotations

from collections import Counter

from PIL import Image, ImageDraw, ImageFont

from mobile_models.assessment import AssessedPhoto
from mobile_models.lesions import Lesion
from mobile_models.marks import MARKS
from mobile_models.zones import ZoneTable

INK = "#000000"
PAPER = "#ffffff"
READABLE_PX = 1280
"""Photos smaller than about this are drawn on twofold or more, so that rings leave the lesion to be seen."""

LEGEND_SHARE = 0.055
"""Height of a legend line relative to the photo's shorter side."""

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def draw(assessed: AssessedPhoto, oval: ZoneTable) -> Image.Image:
    """The photo with its counted lesions ringed, a legend below, and the oval when guided.

    It is drawn at the size it was decoded at, or a whole multiple of that.
    """
    photo = assessed.capture.photo
    enlarged = max(1, round(READABLE_PX / min(photo.pixels.size)))
    picture = photo.pixels.resize((photo.pixels.width * enlarged, photo.pixels.height * enlarged))
    pen = ImageDraw.Draw(picture)
    scale = (picture.width / photo.width_px, picture.height / photo.height_px)
    line = max(2, round(min(picture.size) / 500))
    if assessed.capture.guided:
        pen.ellipse(_oval_box(picture, oval), outline=PAPER, width=line)
    counted = [lesion for lesion in assessed.lesions if lesion.counted]
    font = ImageFont.load_default(max(11, 6 * line))
    for lesion in counted:
        _mark(pen, lesion, scale, line, font)
    return _with_legend(picture, Counter(lesion.type for lesion in counted))


def _mark(pen: ImageDraw.ImageDraw, lesion: Lesion, scale: tuple[float, float], line: int, font: Font) -> None:
    mark = MARKS[lesion.type]
    x0, y0, x1, y1 = (edge * scale[i % 2] for i, edge in enumerate(lesion.box))
    reach = max(x1 - x0, y1 - y0, 8 * line) / 2 + 1.5 * line
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    outline = pen.rectangle if mark.square else pen.ellipse
    outline((x - reach - 1, y - reach - 1, x + reach + 1, y + reach + 1), outline=INK, width=line + 2)
    outline((x - reach, y - reach, x + reach, y + reach), outline=mark.colour, width=line)
    pen.text((x + reach + line, y), mark.letters, mark.colour, font, "lm", stroke_width=2, stroke_fill=INK)


def _with_legend(picture: Image.Image, counts: Counter[str]) -> Image.Image:
    row = max(20, round(min(picture.size) * LEGEND_SHARE))
    font = ImageFont.load_default(row * 0.6)
    sheet = Image.new("RGB", (picture.width, picture.height + 2 * row), INK)
    sheet.paste(picture)
    pen = ImageDraw.Draw(sheet)
    for i, (kind, mark) in enumerate(MARKS.items()):
        x, y = (i % 2) * picture.width // 2 + row * 0.8, picture.height + row * (i // 2 + 0.5)
        reach = row * 0.3
        outline = pen.rectangle if mark.square else pen.ellipse
        outline((x - reach, y - reach, x + reach, y + reach), outline=mark.colour, width=2)
        pen.text((x + 2 * reach, y), f"{mark.letters}  {kind} {counts[kind]}", mark.colour, font, "lm")
    return sheet


def _oval_box(picture: Image.Image, oval: ZoneTable) -> tuple[float, float, float, float]:
    short = min(picture.size)
    across, down = oval.radius_u * short, oval.radius_v * short
    x, y = picture.width / 2, picture.height / 2
    return x - across, y - down, x + across, y + down
