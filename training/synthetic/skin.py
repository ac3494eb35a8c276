"""Skin colour: a tone from its typology angle, and pigment and blood that vary over the face.

Tone: ITA = atan((L* − 50) / b*) (Chardon 1991). The anchor rows below are rounded L*a*b* of that
angle within the range reported for human faces; between them colour is interpolated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.array import Array
from training.synthetic import head
from training.synthetic.field import bump, ramp
from training.synthetic.identity import Identity
from training.synthetic.surface import Surface
from training.synthetic.texture import blotches, on_surface, pores, relief_on_surface

# Absorption of melanin and of blood in linear RGB, relative to green.
MELANIN = np.array([0.78, 1.0, 1.22], np.float32)
BLOOD = np.array([0.12, 1.0, 0.78], np.float32)

_ITA = np.array([-62, -50, -32, -10, 10, 28, 45, 62], float)
_LAB = np.array(
    [
        [25.5, 9.5, 13.0],
        [30.5, 11.5, 16.4],
        [38.5, 13.2, 18.4],
        [47.0, 13.5, 18.5],
        [53.5, 13.0, 20.0],
        [60.0, 12.0, 19.0],
        [66.5, 10.5, 16.5],
        [72.0, 9.0, 12.0],
    ]
)


def lab_to_linear(lab: Array) -> Array:
    """CIE L*a*b* (D65) to linear sRGB."""
    fy = (lab[..., 0] + 16) / 116
    f = np.stack([fy + lab[..., 1] / 500, fy, fy - lab[..., 2] / 200], axis=-1)
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * [0.95047, 1.0, 1.08883]
    m = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])
    value: Array = xyz @ m.T
    return value


def tone(ita: float) -> Array:
    """Linear RGB albedo [3] of clear skin at a typology angle in degrees."""
    lab = np.array([np.interp(ita, _ITA, _LAB[:, k]) for k in range(3)])
    return np.clip(lab_to_linear(lab), 0.004, 1).astype(np.float32)


def darkness(ita: float) -> float:
    """0 for light skin to 1 for the darkest, as used where marks turn from red to brown."""
    return float(np.clip((35 - ita) / 80, 0, 1))


@dataclass(frozen=True)
class Complexion:
    """Skin fields at the N seen skin pixels of a surface (row order of ``surface.part == SKIN``)."""

    melanin: Array
    blood: Array
    pore: Array
    slope: Array
    gloss: Array
    lips: Array
    stubble: Array
    roots: Array


def _lips(who: Identity, x: Array, y: Array, z: Array) -> Array:
    upper, _, lower = head.mouth_lines(who, x)
    half = 25.5 * who.mouth_width
    inside = ramp(upper - y, -0.5, 0.9) * ramp(y - lower, -0.5, 1.0) * ramp(half - np.abs(x), -0.5, 3)
    value: Array = inside * ramp(z, 65, 80)
    return value


def _flush(who: Identity, ax: Array, y: Array, z: Array) -> Array:
    """Where faces are redder: cheeks, nose, chin, ears, lid margins."""
    cheek = bump((ax - 42) ** 2 + 1.2 * (y + 34) ** 2, 15) * ramp(z, 20, 50)
    nose = bump(ax**2 + (y + 40) ** 2, 11) * ramp(z, 88, 100)
    chin = bump(ax**2 + (y + 100) ** 2, 12) * ramp(z, 50, 70)
    ear = ramp(ax, 70, 76) * ramp(-z, -12, 2)
    ex = head.eye_centre(who)[0]
    lids = bump((ax - ex) ** 2 / 2.2 + (y - 1) ** 2, 8) * ramp(z, 50, 70)
    value: Array = 0.16 * cheek + 0.20 * nose + 0.10 * chin + 0.22 * ear + 0.10 * lids
    return value


def complexion(who: Identity, surface: Surface) -> Complexion:
    """Pigment, blood, pores and gloss at every skin pixel, in millimetre-true patterns."""
    mask = surface.part == head.SKIN
    p, n = surface.position[mask], surface.normal[mask]
    x, y, z = p[:, 0], head.unstretched(who, p[:, 1]), p[:, 2]
    ax = np.abs(x)
    k = who.seed % 9973
    wide = on_surface(blotches(k), p, n, 3.1)[:, 0]
    middle = on_surface(blotches(k + 1), p, n, 0.9)[:, 0]
    small = on_surface(blotches(k + 2), p, n, 0.34)[:, 0]
    pore, slope = relief_on_surface(pores(k + 3), p, n, 0.125)
    ex = head.eye_centre(who)[0]
    hollow = bump((ax - ex) ** 2 / 2.5 + (y + 7) ** 2, 7) * ramp(z, 50, 70)
    light = 1 - darkness(who.ita)
    lips = _lips(who, x, y, z)
    spots = ramp(small + 0.5 * middle, 1.75, 2.3) * bump((ax - 22) ** 2 / 3 + (y + 22) ** 2, 18)
    forehead = ramp(y, 22, 60)
    melanin = 0.022 * wide + 0.022 * middle + 0.018 * small + 0.10 * hollow + 0.04 * forehead
    melanin += 0.75 * who.freckles * spots
    melanin += 0.06 * ramp(-y, 115, 135) * ramp(60 - z, 0, 30)
    blood = who.redness * (_flush(who, ax, y, z) * (1 + 0.35 * middle) + 0.03 * wide) + 0.028 * middle + 0.03 * small
    blood *= 0.45 + 0.55 * light
    blood = blood + 0.06 * hollow
    melanin = melanin * (1 - 0.5 * lips) + lips * (0.10 + 0.10 * (1 - light))
    blood = blood * (1 - lips) + lips * (0.52 + 0.08 * middle - 0.22 * (1 - light))
    between = bump((y - head.mouth_lines(who, x)[1]) ** 2, 0.55) * ramp(25 * who.mouth_width - ax, -1, 3)
    melanin += 1.1 * between * ramp(z, 65, 80)
    jaw = ramp(-y, 52, 66) * ramp(z, 8, 30) * (1 - lips) * ramp(y, -128, -112)
    jaw = np.maximum(jaw, ramp(-y, 44, 54) * bump(ax**2, 20) * (1 - lips) * ramp(y, -128, -112))
    grain = on_surface(blotches(k + 4, 1.0), p, n, 0.16)[:, 0]
    stubble = who.beard * jaw * (0.45 + 0.55 * ramp(grain, 0.2, 1.4))
    oily = bump(ax**2 / 1.6 + ((y + 15) / 3.2) ** 2, 20) + 0.5 * bump((ax - 40) ** 2 + (y + 30) ** 2, 14)
    gloss = 0.55 + 0.75 * who.oiliness * oily + 0.10 * middle + 0.05 * lips
    gloss = gloss * (1 - 0.9 * bump((ax - 25.5 * who.mouth_width) ** 2 + (y - head.MOUTH_Y) ** 2, 2.6))
    t_zone = 0.55 + 0.6 * bump(ax**2 / 4 + ((y + 32) / 1.2) ** 2, 22)
    crack = on_surface(blotches(k + 5, 1.2), p * np.array([1.0, 0.12, 0.3], np.float32), n, 0.28)[:, 0]
    slope = slope * (t_zone * (1 - lips) * (0.8 + 0.01 * who.age))[:, None]
    slope[:, 0] += lips * 0.10 * crack
    roots = ramp(head.hairline(who, x, y, z) + 0.7 * small, -6, 0.5) * np.maximum(ramp(z, 4, 10), ramp(y, 26, 34))
    return Complexion(melanin, blood, pore * (1 - lips), slope, gloss, lips, stubble, roots)
