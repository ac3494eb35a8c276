"""Face zones as fixed parts of the capture oval, and which view owns which, so nothing is counted twice.

The rule is a table in the bundle; this file only reads it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mobile_models.lesions import FloatArray, IntArray

FRONT = "front"
VIEWS = (FRONT, "left", "right")
"""`left` shows the patient's left side. Photos are not mirrored."""

ZONES = ("forehead", "left_cheek", "right_cheek", "nose", "chin")
SIDES = ("left", "right")
NOWHERE = -1


@dataclass(frozen=True)
class ZoneTable:
    """The capture oval, its zones in each view, their owners and their shares of the face's area."""

    radius_u: float
    radius_v: float
    rows: Mapping[str, tuple[tuple[int, float, float, float, float], ...]]
    owners: Mapping[str, tuple[str, ...]]
    area_share: Mapping[str, float]

    @classmethod
    def from_manifest(cls, table: Mapping[str, Any]) -> ZoneTable:
        """Read a manifest's "zones".

        Raises:
            ValueError: naming the first entry that cannot be right.
            KeyError: naming what is missing.
        """
        if tuple(table["zones"]) != ZONES:
            raise ValueError(f"zones are not {', '.join(ZONES)}")
        read = cls(
            radius_u=float(table["oval"]["radius_u"]),
            radius_v=float(table["oval"]["radius_v"]),
            rows={
                view: tuple(
                    (ZONES.index(name), float(u_min), float(u_max), float(v_min), float(v_max))
                    for name, u_min, u_max, v_min, v_max in table["views"][view]
                )
                for view in VIEWS
            },
            owners={zone: tuple(table["owners"][zone]) for zone in ZONES},
            area_share={zone: float(table["area_share"][zone]) for zone in ZONES},
        )
        if not (0 < read.radius_u <= 0.5 and 0 < read.radius_v <= 0.5):
            raise ValueError("the oval does not lie inside the photo")
        if abs(sum(read.area_share.values()) - 1) > 1e-6:
            raise ValueError("area shares do not sum to 1")
        return read

    def oval_coordinates(self, points: FloatArray, width: float, height: float) -> FloatArray:
        """[n, 2] u (right) and v (down) of points x, y in a photo of that size; the oval is u² + v² ≤ 1."""
        short = min(width, height)
        radii = np.array([self.radius_u * short, self.radius_v * short])
        coordinates: FloatArray = (points - np.array([width / 2, height / 2])) / radii
        return coordinates

    def zone_of(self, view: str, oval_coordinates: FloatArray) -> IntArray:
        """[n] position in `ZONES` of the first row that holds each point, edges included, or `NOWHERE`."""
        u, v = oval_coordinates[:, 0], oval_coordinates[:, 1]
        zones = np.full(len(u), NOWHERE, dtype=np.int64)
        for zone, u_min, u_max, v_min, v_max in reversed(self.rows[view]):
            zones[(u >= u_min) & (u <= u_max) & (v >= v_min) & (v <= v_max)] = zone
        zones[u * u + v * v > 1] = NOWHERE
        return zones

    def captured(self, views: Collection[str]) -> dict[str, str]:
        """Each zone that these views capture, with the view that owns it."""
        owned = {zone: next((v for v in self.owners[zone] if v in views), None) for zone in ZONES}
        return {zone: view for zone, view in owned.items() if view is not None}


def side_of(view: str, oval_coordinates: FloatArray) -> IntArray:
    """[n] position in `SIDES` of the patient's side: by the midline in the front view, else the view's."""
    if view == FRONT:
        return np.where(oval_coordinates[:, 0] >= 0, 0, 1).astype(np.int64)
    return np.full(len(oval_coordinates), SIDES.index(view), dtype=np.int64)


def side_shares(zone: str) -> tuple[float, float]:
    """How a zone's area falls to the left and the right side of the face."""
    return {"left_cheek": (1.0, 0.0), "right_cheek": (0.0, 1.0)}.get(zone, (0.5, 0.5))
