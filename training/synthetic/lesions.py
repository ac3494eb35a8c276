"""One lesion on the skin: its relief, pigment, blood and covering as functions of millimetres.

Looks follow dermatology's plain descriptions: an open comedo is a dark plug in a widened pore, a closed
one a small skin-coloured shiny dome, a papule a red dome, a pustule the same with a yellow-white
centre, a nodule a large deep swelling with diffuse edges.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mobile_models.lesions import TYPES
from training.array import Array
from training.synthetic.camera import Camera
from training.synthetic.field import bump, ramp
from training.synthetic.surface import Surface

COMEDO, PAPULE, PUSTULE, NODULE = TYPES
HARMLESS = ("mark", "mole", "naevus", "freckle", "stain", "melasma", "scar", "flush")


@dataclass(frozen=True)
class Lesion:
    """A lesion, or a harmless spot, fixed to a place on the head.

    Attributes:
        kind: one of TYPES or HARMLESS.
        opened: for comedones, whether the pore is open (dark).
        place, normal: surface point in head millimetres and the unit normal there.
        diameter_mm: what a ruler would measure.
        strength: 0–1, how inflamed, or how dark for marks.
        zone: facial zone, or "" off the face.
    """

    kind: str
    opened: bool
    place: tuple[float, float, float]
    normal: tuple[float, float, float]
    diameter_mm: float
    strength: float = 1.0
    zone: str = ""
    shape: int = 0


@dataclass(frozen=True)
class Patch:
    """What lesions change at the N skin pixels: added pigment, blood, slope, gloss, and a covering colour."""

    melanin: Array
    blood: Array
    slope: Array
    gloss: Array
    cover: Array
    cover_share: Array


_PUS = np.array([0.74, 0.61, 0.34], np.float32)
_CREST = np.array([0.80, 0.72, 0.52], np.float32)
_PLUG = np.array([0.022, 0.014, 0.009], np.float32)


def empty_patch(count: int) -> Patch:
    """No lesions over ``count`` skin pixels."""
    f = np.float32
    return Patch(
        np.zeros(count, f),
        np.zeros(count, f),
        np.zeros((count, 3), f),
        np.zeros(count, f),
        np.zeros((count, 3), f),
        np.zeros(count, f),
    )


def _reach(lesion: Lesion) -> float:
    return {NODULE: 2.3, PUSTULE: 2.3, PAPULE: 2.3}.get(lesion.kind, 2.0)


def paint(patch: Patch, lesion: Lesion, surface: Surface, index: Array, dark: float) -> None:
    """Add one lesion to ``patch``; ``index`` [H, W] maps pixels to skin rows (−1 elsewhere).

    ``dark`` is 0 for light skin, 1 for the darkest: inflammation there carries brown with the red.
    """
    radius = lesion.diameter_mm / 2
    place, normal = np.asarray(lesion.place, surface.position.dtype), np.asarray(lesion.normal, surface.position.dtype)
    factor = surface.seen.shape[1] / surface.camera.width
    centre = surface.camera.project(place[None])[0] * factor
    span = radius * _reach(lesion) * surface.camera.scale_at(place[None])[0] * factor + 3
    h, w = surface.seen.shape
    x0, x1 = int(max(centre[0] - span, 0)), int(min(centre[0] + span + 1, w))
    y0, y1 = int(max(centre[1] - span, 0)), int(min(centre[1] + span + 1, h))
    if x0 >= x1 or y0 >= y1:
        return
    window = index[y0:y1, x0:x1]
    on = window >= 0
    rows = window[on]
    d = surface.position[y0:y1, x0:x1][on] - place
    height = d @ normal
    flat = d - height[:, None] * normal
    near = np.abs(height) < radius + 2.5
    rows, flat = rows[near], flat[near]
    if not len(rows):
        return
    r = np.linalg.norm(flat, axis=1) / radius
    outward = flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
    side = np.cross(normal, [0.3, 0.9, 0.2])
    angle = np.arctan2(flat @ np.cross(normal, side), flat @ side)
    phase = lesion.shape * 0.7
    wobble = (
        0.10 * np.sin(2 * angle + phase) + 0.07 * np.sin(3 * angle + 2.1 * phase) + 0.04 * np.sin(5 * angle - phase)
    )
    r = r * (1 + wobble * (1.6 if lesion.kind in (NODULE, "mark", "stain", "melasma", "flush") else 1.0))
    _LOOKS[lesion.kind](patch, lesion, rows, r, outward, dark)


def _dome(patch: Patch, rows: Array, r: Array, outward: Array, steepness: float, width: float) -> None:
    """Tilt the normal as over a bell-shaped dome whose flank is ``steepness`` steep."""
    slope = -steepness * (r / width) * bump(r**2, width) * 1.65
    patch.slope[rows] += slope[:, None] * outward


def _cover(patch: Patch, rows: Array, colour: Array, share: Array) -> None:
    old = patch.cover_share[rows]
    new = np.maximum(old, share)
    patch.cover[rows] = np.where((share >= old)[:, None], colour, patch.cover[rows])
    patch.cover_share[rows] = new


def _comedo(patch: Patch, lesion: Lesion, rows: Array, r: Array, out: Array, dark: float) -> None:
    if lesion.opened:
        _cover(patch, rows, _PLUG, 0.92 * lesion.strength * ramp(1.05 - r, 0, 0.55))
        patch.melanin[rows] += 0.22 * lesion.strength * bump(r**2, 0.8)
        _dome(patch, rows, r, out, -0.18, 0.6)
        return
    _dome(patch, rows, r, out, 0.62 * lesion.strength, 0.55)
    _cover(patch, rows, _CREST, (0.40 - 0.18 * dark) * lesion.strength * ramp(0.95 - r, 0, 0.7))
    patch.gloss[rows] += 1.5 * bump(r**2, 0.55)
    patch.blood[rows] += 0.06 * bump(r**2, 1.0)


def _inflamed(patch: Patch, lesion: Lesion, rows: Array, r: Array, dark: float, core: float, halo: float) -> None:
    body = ramp(1.12 - r, 0, 0.5)
    glow = bump(r**2, 0.85)
    patch.blood[rows] += lesion.strength * (core * body + halo * glow) * (1 + 0.15 * dark)
    patch.melanin[rows] += lesion.strength * dark * (0.34 * body + 0.16 * glow)


def _papule(patch: Patch, lesion: Lesion, rows: Array, r: Array, out: Array, dark: float) -> None:
    _inflamed(patch, lesion, rows, r, dark, 0.58, 0.28)
    _dome(patch, rows, r, out, 0.50 * lesion.strength, 0.58)
    patch.gloss[rows] += 0.55 * bump(r**2, 0.6)


def _pustule(patch: Patch, lesion: Lesion, rows: Array, r: Array, out: Array, dark: float) -> None:
    _inflamed(patch, lesion, rows, r, dark, 0.70, 0.34)
    _dome(patch, rows, r, out, 0.62 * lesion.strength, 0.55)
    _cover(patch, rows, _PUS * (1 - 0.35 * dark), (0.90 - 0.12 * dark) * ramp(0.66 - r, 0, 0.34))
    patch.gloss[rows] += 0.9 * bump(r**2, 0.4)


def _nodule(patch: Patch, lesion: Lesion, rows: Array, r: Array, out: Array, dark: float) -> None:
    patch.blood[rows] += lesion.strength * (0.48 * bump(r**2, 0.72) + 0.20 * ramp(1.0 - r, 0, 0.7))
    patch.melanin[rows] += lesion.strength * (0.05 + 0.30 * dark) * bump(r**2, 0.7)
    _dome(patch, rows, r, out, 0.52 * lesion.strength, 0.62)
    patch.gloss[rows] += 0.45 * bump(r**2, 0.6)


def _mark(patch: Patch, lesion: Lesion, rows: Array, r: Array, out: Array, dark: float) -> None:
    flat = ramp(1.15 - r, 0, 0.8) * lesion.strength
    patch.blood[rows] += (0.20 - 0.12 * dark) * flat
    patch.melanin[rows] += (0.03 + 0.34 * dark) * flat


def _mole(patch: Patch, lesion: Lesion, rows: Array, r: Array, out: Array, dark: float) -> None:
    patch.melanin[rows] += (1.5 - 0.5 * dark) * lesion.strength * ramp(1.1 - r, 0, 0.35)
    _dome(patch, rows, r, out, 0.15, 0.6)


def _freckle(patch: Patch, lesion: Lesion, rows: Array, r: Array, out: Array, dark: float) -> None:
    patch.melanin[rows] += (0.55 - 0.25 * dark) * lesion.strength**3 * ramp(1.1 - r, 0, 0.6)


def _stain(patch: Patch, lesion: Lesion, rows: Array, r: Array, out: Array, dark: float) -> None:
    """What an inflamed lesion leaves: flat, red on light skin and brown on dark, for months."""
    flat = ramp(1.15 - r, 0, 0.6) * lesion.strength
    patch.blood[rows] += (0.45 - 0.30 * dark) * flat
    patch.melanin[rows] += (0.08 + 0.45 * dark) * flat


def _melasma(patch: Patch, lesion: Lesion, rows: Array, r: Array, out: Array, dark: float) -> None:
    patch.melanin[rows] += (0.30 + 0.10 * dark) * lesion.strength * ramp(1.25 - r, 0, 0.5)


def _scar(patch: Patch, lesion: Lesion, rows: Array, r: Array, out: Array, dark: float) -> None:
    _dome(patch, rows, r, out, -0.75 * lesion.strength, 0.6)
    patch.melanin[rows] += (0.05 + 0.10 * dark) * bump(r**2, 0.7)


def _flush(patch: Patch, lesion: Lesion, rows: Array, r: Array, out: Array, dark: float) -> None:
    patch.blood[rows] += (0.32 - 0.12 * dark) * lesion.strength * ramp(1.5 - r, 0, 1.2)


_LOOKS = {
    COMEDO: _comedo,
    PAPULE: _papule,
    PUSTULE: _pustule,
    NODULE: _nodule,
    "mark": _mark,
    "mole": _mole,
    "naevus": _mole,
    "freckle": _freckle,
    "stain": _stain,
    "melasma": _melasma,
    "scar": _scar,
    "flush": _flush,
}


def outline_px(lesion: Lesion, camera: Camera) -> Array:
    """The lesion's rim, 24 points [24, 2] in photo pixels."""
    n = np.asarray(lesion.normal, float)
    a = np.cross(n, [0.3, 0.9, 0.2])
    a /= np.linalg.norm(a)
    b = np.cross(n, a)
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)[:, None]
    margin = 1.30 if lesion.kind == COMEDO else 1.15
    rim = np.asarray(lesion.place) + lesion.diameter_mm / 2 * margin * (np.cos(angle) * a + np.sin(angle) * b)
    return camera.project(rim)
