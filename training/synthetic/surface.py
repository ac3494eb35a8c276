"""What the camera sees of a head: position, normal and part of every pixel, marched once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import ndimage

from training.array import Array
from training.synthetic import head
from training.synthetic.camera import Camera
from training.synthetic.identity import Identity

_CHUNK = 1 << 15
_NEAR_MM, _FAR_MM = 190.0, 230.0
# A ray that is still creeping along a contour this close to it counts as having met it.
_GRAZING_MM = 1.2


@dataclass(frozen=True)
class Surface:
    """Per-pixel geometry, arrays [H, W] or [H, W, 3]; ``seen`` marks pixels that hit the person."""

    camera: Camera
    seen: Array
    position: Array
    normal: Array
    part: Array
    openness: Array
    to_camera: Array


def distance_at(who: Identity, p: Array) -> Array:
    """Distances [N] in millimetres of head points [N, 3], a cache-sized piece at a time."""
    out = np.empty(len(p), p.dtype)
    for i in range(0, len(p), _CHUNK):
        q = np.ascontiguousarray(p[i : i + _CHUNK].T)
        out[i : i + _CHUNK] = head.distance(who, q[0], q[1], q[2])
    return out


def _march(
    who: Identity, origin: Array, rays: Array, t: Array, far: float, steps: int, near_mm: float
) -> tuple[Array, Array]:
    """Walk rays [N, 3] from ``t`` until the surface; returns distance along the ray and whether it hit."""
    t = t.copy()
    hit = np.zeros(len(t), bool)
    live = np.arange(len(t))
    for _ in range(steps):
        d = distance_at(who, origin + rays[live] * t[live, None])
        t[live] += 0.85 * d
        done = np.abs(d) < near_mm
        hit[live[done]] = True
        live = live[~done & (t[live] < far)]
        if not len(live):
            break
    if len(live):
        close = distance_at(who, origin + rays[live] * t[live, None]) < _GRAZING_MM
        hit[live[close]] = True
    return t, hit


def _settle(who: Identity, origin: Array, rays: Array, t: Array) -> tuple[Array, Array]:
    """Small steps for rays [N, 3] that swing to and fro across a sharp fold, as at the corners of the mouth."""
    d = np.zeros_like(t)
    for _ in range(60):
        d = distance_at(who, origin + rays * t[:, None])
        t = t + 0.12 * d
    return t, np.abs(d) < _GRAZING_MM


def normals(who: Identity, p: Array, step_mm: float = 0.25) -> Array:
    """Outward unit normals of surface points [N, 3] by central tetrahedron differences."""
    corners = np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]], p.dtype)
    n = np.zeros_like(p)
    for k in corners:
        n += k * distance_at(who, p + k * step_mm)[:, None]
    value: Array = n / np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-9)
    return value


def surface_points(who: Identity, origins: Array, directions: Array) -> tuple[Array, Array]:
    """Where rays [N, 3] first meet the person, and whether they do."""
    o, d = np.asarray(origins, float), np.asarray(directions, float)
    t = np.zeros(len(o))
    hit = np.zeros(len(o), bool)
    live = np.arange(len(o))
    for _ in range(70):
        step = distance_at(who, o[live] + d[live] * t[live, None])
        t[live] += 0.85 * step
        hit[live[np.abs(step) < 0.02]] = True
        live = live[(np.abs(step) >= 0.02) & (t[live] < 500)]
        if not len(live):
            break
    return o + d * t[:, None], hit


def _openness(who: Identity, p: Array, n: Array) -> Array:
    """How much sky a point sees, 0–1: distances found along the normal against free space."""
    blocked = np.zeros(len(p), p.dtype)
    for reach_mm, weight in ((2.0, 0.22), (6.0, 0.05), (16.0, 0.022), (38.0, 0.009)):
        blocked += weight * np.maximum(reach_mm - distance_at(who, p + n * reach_mm), 0)
    return np.clip(1 - blocked, 0, 1)


def see(
    who: Identity, camera: Camera, oversampling: float = 1.5, precision: type[np.floating[Any]] = np.float32
) -> Surface:
    """March the head on a grid ``oversampling`` times the photo's size.

    In ``np.float64`` rounding differs so little between processors that photos come out the same on all.
    """
    h, w = round(camera.height * oversampling), round(camera.width * oversampling)
    origin = camera.origin().astype(precision)
    near, far = camera.distance_mm - _NEAR_MM, camera.distance_mm + _FAR_MM
    ch, cw = h // 4, w // 4
    coarse_rays = camera.rays(cw, ch).reshape(-1, 3).astype(precision)
    t, hit = _march(who, origin, coarse_rays, np.full(len(coarse_rays), near, precision), far, 90, 0.3)
    t = np.where(hit, t, far).reshape(ch, cw)
    start = ndimage.minimum_filter(t, 5)
    around = ndimage.binary_dilation(hit.reshape(ch, cw), iterations=2)
    rows = np.minimum(np.arange(h) * ch // h, ch - 1)
    cols = np.minimum(np.arange(w) * cw // w, cw - 1)
    candidates = around[rows][:, cols]
    rays = camera.rays(w, h).astype(precision)
    r = rays[candidates]
    smooth = ndimage.zoom(t, (h / ch, w / cw), order=1, grid_mode=True, mode="nearest")[candidates]
    floor = start[rows][:, cols][candidates]
    first = np.where(smooth - floor < 5, smooth - 1.0, floor - 2.0).astype(precision)
    t_fine, hit_fine = _march(who, origin, r, first, far, 300, 0.03)
    stuck = ~hit_fine & (t_fine < far)
    t_fine[stuck], hit_fine[stuck] = _settle(who, origin, r[stuck], t_fine[stuck])
    seen = np.zeros((h, w), bool)
    seen[candidates] = hit_fine
    p = (origin + r * t_fine[:, None])[hit_fine]
    n = normals(who, p)
    part = np.concatenate(
        [head.material(who, *np.ascontiguousarray(p[i : i + _CHUNK].T)) for i in range(0, len(p), _CHUNK)]
    )
    position = np.zeros((h, w, 3), precision)
    normal = np.zeros((h, w, 3), precision)
    parts = np.full((h, w), -1, np.int8)
    position[seen], normal[seen], parts[seen] = p, n, part
    openness = np.ones((h, w), precision)
    even = np.zeros_like(seen)
    even[::2, ::2] = True
    half = seen & even
    openness[half] = _openness(who, position[half], normal[half])
    openness = spread(openness, half, seen)
    return Surface(camera, seen, position, normal, parts, openness, -rays)


def spread(values: Array, known: Array, wanted: Array) -> Array:
    """Fill ``wanted`` pixels from ``known`` ones by normalised blurring."""
    weight = ndimage.gaussian_filter(known.astype(values.dtype), 1.2)
    filled = ndimage.gaussian_filter(np.where(known, values, 0), 1.2)
    return np.where(wanted, filled / np.maximum(weight, 1e-6), 1.0)
