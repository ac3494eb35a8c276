"""Where in the photo, and where on the face, the model's rows lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mobile_models.assessment import Capture
from mobile_models.detector import Rows
from mobile_models.image import Photo, Square
from mobile_models.lesions import Candidates, IntArray
from mobile_models.zones import NOWHERE, ZONES, ZoneTable, side_of


@dataclass(frozen=True)
class Places:
    """Where each of a photo's n candidates lies on the face.

    Attributes:
        zone: [n] position in `ZONES` or `NOWHERE`; zero throughout without the guide.
        side: [n] position in `SIDES`; zero throughout without the guide.
        counts: [n] whether what lies there is counted in this photo: its view owns the zone.
        names: [n] the zone's name, None outside every zone and without the guide.
    """

    zone: IntArray
    side: IntArray
    counts: npt.NDArray[np.bool_]
    names: tuple[str | None, ...]


def place_in_photo(rows: Rows, square: Square, photo: Photo) -> Candidates:
    """Turn boxes in the square into boxes in the whole photo, cut at its edges; those outside are dropped."""
    size = np.array([square.width_px, square.height_px] * 2)
    corner = np.array([square.left_px, square.top_px] * 2)
    boxes = np.clip(rows.boxes[:, [1, 0, 3, 2]] * size + corner, 0, [photo.width_px, photo.height_px] * 2)
    inside = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
    sizes = np.sqrt((rows.boxes[:, 2:] - rows.boxes[:, :2]).clip(0).prod(axis=1))
    return Candidates(boxes[inside], rows.classes[inside], rows.scores[inside], sizes[inside])


def place_on_face(
    candidates: Candidates, capture: Capture, oval: ZoneTable | None, captured: Mapping[str, str]
) -> Places:
    """Where the centres of candidates lie; without the guide all lie, and count, in one unnamed place.

    Args:
        candidates: of the photo, in its pixels.
        capture: the photo with its view.
        oval: the zone table; None without the guide.
        captured: each captured zone with the view that owns it.
    """
    if oval is None:
        somewhere = np.zeros(len(candidates), dtype=np.int64)
        everywhere = np.ones(len(candidates), dtype=np.bool_)
        return Places(somewhere, somewhere, everywhere, (None,) * len(candidates))
    points = oval.oval_coordinates(candidates.centres, capture.photo.width_px, capture.photo.height_px)
    zone = oval.zone_of(capture.view, points)
    owned = [ZONES.index(name) for name, view in captured.items() if view == capture.view]
    names = tuple(None if z == NOWHERE else ZONES[z] for z in zone)
    return Places(zone, side_of(capture.view, points), np.isin(zone, owned), names)
