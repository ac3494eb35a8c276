"""One photo as the pages show it: where its bytes are, how large it is, and the lesions drawn over it."""

from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup

from mobile_models.zones import VIEWS
from server.progress.charts.overlay import lesion_overlay
from server.progress.records import PhotoRecord, VisitRecord

SHOWN_PX = (320, 960)
"""Widths of a photo in a row of many, and of one beside another."""

VIEW_WORDS = dict(zip(VIEWS, ("Front", "Left side", "Right side"), strict=True))


@dataclass(frozen=True)
class Face:
    """A photo to show; `src` is None where its bytes never left the phone, and `absent` then says so."""

    src: str | None
    """As wide as photos are shown side by side."""
    small_src: str | None
    whole_src: str | None
    width_px: int
    height_px: int
    alt: str
    overlay: Markup
    absent: str = ""


def face(timeline_id: str, visit: VisitRecord, photo: PhotoRecord, name: str) -> Face:
    """Return a photo of a visit; `name` is unique in the page."""
    view = VIEW_WORDS.get(photo.view, photo.view)
    alt = f"{view}, {visit.day:%-d %B %Y}"
    overlay = Markup("")
    if photo.reading:
        overlay = lesion_overlay(name, photo.reading.lesions, photo.width_px, photo.height_px)
    if not photo.uploaded:
        absent = f"{alt}: only on the patient’s phone."
        return Face(None, None, None, photo.width_px, photo.height_px, alt, overlay, absent)
    small, side_by_side, whole = (
        url_for("web.photo.show", timeline_id=timeline_id, photo_id=photo.id, width=width_px)
        for width_px in (*SHOWN_PX, None)
    )
    return Face(side_by_side, small, whole, photo.width_px, photo.height_px, alt, overlay)


def first_face(timeline_id: str, visit: VisitRecord, name: str) -> Face:
    """Return the visit's front view, or the first it has, or an empty frame."""
    if visit.photos:
        return face(timeline_id, visit, visit.photos[0], name)
    return Face(None, None, None, 4, 5, "", Markup(""), "This visit has no photo.")
