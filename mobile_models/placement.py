"""Where in the photo, and where on the face, the model's rows lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    """Where each of a visit's n candidates lies on the face.

    Attributes:
        zone: [n] position in `ZONES` or `NOWHERE`; zero throughout without the guide.
        side: [n] position in `SIDES`; zero throughout without the guide.
        owned: [n] whether what lies there may count in its photo: the photo's view owns the zone.
        names: [n] the zone's name, None outside every zone and without the guide.
    """

    zone: IntArray
    side: IntArray
    owned: npt.NDArray[np.bool_]
    names: tuple[str | None, ...]


def place_in_photo(rows: Rows, square: Square, photo: Photo, position: int = 0) -> Candidates:
    """Turn boxes in the square into boxes in the whole photo, cut at its edges; those outside are dropped.

    Args:
        rows: what the model answered for the square.
        square: the part of the photo that it saw.
        photo: the whole.
        position: of the photo in its visit.
    """
    size = np.array([square.width_px, square.height_px] * 2)
    corner = np.array([square.left_px, square.top_px] * 2)
    boxes = np.clip(rows.boxes[:, [1, 0, 3, 2]] * size + corner, 0, [photo.width_px, photo.height_px] * 2)
    inside = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
    sizes = np.sqrt((rows.boxes[:, 2:] - rows.boxes[:, :2]).clip(0).prod(axis=1))
    of_photo = np.full(int(inside.sum()), position, dtype=np.int64)
    return Candidates(of_photo, boxes[inside], rows.classes[inside], rows.scores[inside], sizes[inside])


def place_on_face(
    candidates: Candidates, captures: Sequence[Capture], oval: ZoneTable | None, captured: Mapping[str, str]
) -> Places:
    """Where the centres of candidates lie; without the guide all lie, and count, in one unnamed place.

    Args:
        candidates: of the visit.
        captures: its photos with their views.
        oval: the zone table; None without the guide.
        captured: each captured zone with the view that owns it.
    """
    zone, side = np.zeros((2, len(candidates)), dtype=np.int64)
    owned = np.ones(len(candidates), dtype=np.bool_)
    if oval is None:
        return Places(zone, side, owned, (None,) * len(candidates))
    for position, capture in enumerate(captures):
        mine = candidates.photo == position
        points = oval.oval_coordinates(candidates.centres[mine], capture.photo.width_px, capture.photo.height_px)
        zone[mine] = oval.zone_of(capture.view, points)
        side[mine] = side_of(capture.view, points)
        owned[mine] = np.isin(
            zone[mine], [ZONES.index(name) for name, view in captured.items() if view == capture.view]
        )
    return Places(zone, side, owned, tuple(None if z == NOWHERE else ZONES[z] for z in zone))
