"""Where lesions can sit: points on the facial skin with their normals and zones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mobile_models.tables import zone_table
from mobile_models.zones import FRONT
from training.array import Array
from training.synthetic import head
from training.synthetic.camera import Camera, guided_camera
from training.synthetic.identity import Identity
from training.synthetic.surface import normals, surface_points

_ZONES = zone_table()


def zone_of_pixel(view: str, width: int, height: int, x: float, y: float, within_oval: bool = True) -> str:
    """Zone of a photo pixel by the capture guide's table; "" where there is none."""
    short = min(width, height)
    u = (x - width / 2) / (_ZONES["oval"]["radius_u"] * short)
    v = (y - height / 2) / (_ZONES["oval"]["radius_v"] * short)
    if within_oval and u * u + v * v > 1:
        return ""
    u, v = float(np.clip(u, -1, 1)), float(np.clip(v, -1, 1))
    for zone, u0, u1, v0, v1 in _ZONES["views"][view]:
        if u0 <= u <= u1 and v0 <= v <= v1:
            return str(zone)
    return ""


def zone_of_place(place: Array, camera: Camera | None = None) -> str:
    """Zone of a head point: where the straight front view shows it."""
    camera = camera or guided_camera(FRONT)
    x, y = camera.project(np.asarray(place)[None])[0]
    return zone_of_pixel(FRONT, camera.width, camera.height, x, y, within_oval=False)


@dataclass(frozen=True)
class Sites:
    """Candidate places [N, 3], their normals [N, 3] and zones (N names)."""

    place: Array
    normal: Array
    zone: Array


def _on_plain_skin(who: Identity, p: Array, n: Array) -> Array:
    """Face without eyes, brows, lips, nostrils, ears, hair and the underside of the chin."""
    x, y, z = p[:, 0], head.unstretched(who, p[:, 1]), p[:, 2]
    ax = np.abs(x)
    ex = head.eye_centre(who)[0]
    ok = (head.hairline(who, x, y, z) < -7) & (ax < 70) & (z > 8) & (n[:, 1] > -0.6) & (y > -70 - 0.70 * (z - 14))
    ok &= ((ax - ex) / 21) ** 2 + ((y + 1) / 14) ** 2 > 1
    brow = 17.0 + who.brow_height_mm + 0.4 * who.brow_arch_mm
    ok &= ~((ax > 9) & (ax < 55) & (np.abs(y - brow) < 7.5))
    upper, _, lower = head.mouth_lines(who, x)
    ok &= ~((ax < 28.5 * who.mouth_width) & (y < upper + 2.5) & (y > lower - 2.5) & (z > 60))
    value: Array = ok & ~((ax < 14) & (y < -43) & (y > -56))
    return value


def find_sites(who: Identity, count: int = 2400) -> Sites:
    """Scatter places over the face evenly in angle and height, then keep plain skin."""
    rng = np.random.default_rng([who.seed, 41])
    theta = rng.uniform(-1.45, 1.45, count)
    y = rng.uniform(-118, 76, count)
    out = np.stack([np.sin(theta), np.zeros(count), np.cos(theta)], axis=1)
    start = out * 240 + np.stack([np.zeros(count), y, np.full(count, 15)], axis=1)
    p, hit = surface_points(who, start, -out)
    p = p[hit]
    n = normals(who, p)
    ok = _on_plain_skin(who, p, n)
    p, n = p[ok], n[ok]
    camera = guided_camera(FRONT)
    return Sites(p, n, np.array([zone_of_place(q, camera) for q in p]))
