"""Signed distances in millimetres: the primitives heads are modelled from.

Formulas: I. Quilez, "distance functions" and "smooth minimum" (iquilezles.org). Coordinates come
as three arrays of one shape and one floating type, so that a head is evaluated without gathering.
"""

from __future__ import annotations

import numpy as np

from training.array import Array

Point = tuple[float, float, float]


def sphere(x: Array, y: Array, z: Array, centre: Point, radius: float) -> Array:
    """Distance to a sphere."""
    dx, dy, dz = x - centre[0], y - centre[1], z - centre[2]
    value: Array = np.sqrt(dx * dx + dy * dy + dz * dz) - radius
    return value


def ellipsoid(x: Array, y: Array, z: Array, centre: Point, radii: Point) -> Array:
    """Approximate distance to an axis-aligned ellipsoid, exact on its surface."""
    ax, ay, az = (x - centre[0]) / radii[0], (y - centre[1]) / radii[1], (z - centre[2]) / radii[2]
    k0 = np.sqrt(ax * ax + ay * ay + az * az)
    ax, ay, az = ax / radii[0], ay / radii[1], az / radii[2]
    k1 = np.sqrt(ax * ax + ay * ay + az * az) + 1e-9
    value: Array = k0 * (k0 - 1) / k1
    return value


def capsule(x: Array, y: Array, z: Array, a: Point, b: Point, radius_a: float, radius_b: float) -> Array:
    """Distance to a stick from ``a`` to ``b`` whose radius changes linearly."""
    bx, by, bz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    px, py, pz = x - a[0], y - a[1], z - a[2]
    h = np.clip((px * bx + py * by + pz * bz) / (bx * bx + by * by + bz * bz), 0, 1)
    px, py, pz = px - h * bx, py - h * by, pz - h * bz
    value: Array = np.sqrt(px * px + py * py + pz * pz) - (radius_a + h * (radius_b - radius_a))
    return value


def union(a: Array, b: Array, blend_mm: float) -> Array:
    """The nearer of two shapes, their seam rounded over ``blend_mm``."""
    h = np.maximum(blend_mm - np.abs(a - b), 0)
    value: Array = np.minimum(a, b) - h * h * (0.25 / blend_mm)
    return value


def cut(a: Array, b: Array, blend_mm: float) -> Array:
    """Shape ``a`` without shape ``b``, the edge rounded over ``blend_mm``."""
    return -union(-a, b, blend_mm)


def bump(distance_squared: Array, width: float) -> Array:
    """A bell of height 1 and standard deviation ``width``."""
    value: Array = np.exp(distance_squared * (-0.5 / (width * width)))
    return value


def ramp(value: Array, start: float, stop: float) -> Array:
    """0 before ``start``, 1 after ``stop``, a smooth step between."""
    t = np.clip((value - start) / (stop - start), 0, 1)
    smooth: Array = t * t * (3 - 2 * t)
    return smooth
