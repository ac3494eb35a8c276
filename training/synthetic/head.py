"""The head as a distance field: x to the patient's left, y up, z forward; millimetres.

The origin lies between the ears at the height of the pupils. Proportions follow adult averages
(interpupillary 62, bizygomatic 135, pupils to chin 115, head length 190 mm).
"""

from __future__ import annotations

import numpy as np

from training.array import Array
from training.synthetic.field import bump, capsule, cut, ellipsoid, ramp, sphere, union
from training.synthetic.identity import Identity

SKIN, HAIR, EYE, SHIRT = 0, 1, 2, 3
MOUTH_Y = -69.0
NOSE_TIP_Y = -39.0


def eye_centre(who: Identity) -> tuple[float, float, float]:
    """Centre of the left eyeball; the right one is its mirror image."""
    return (31.5 + 0.5 * who.eye_spacing_mm, 0.0, 69.5)


def unstretched(who: Identity, y: Array) -> Array:
    """Heights as on a head of average length: below the pupils a long face is stretched."""
    return np.where(y < 0, y * (1 / who.face_length), y)


def lid_curves(who: Identity, x: Array) -> tuple[Array, Array]:
    """Heights of the upper and lower lid margins at ``x`` (mirrored to the left eye)."""
    q = (x - (eye_centre(who)[0] + 0.3)) / 15.8
    arc = np.maximum(1 - q * q, 0)
    slope = who.eye_tilt_mm * q
    upper = 4.7 * who.eye_opening * np.power(arc, 0.75) + slope + 0.5 * q * arc
    lower = -4.9 * who.eye_opening * np.power(arc, 0.9) + slope
    outside = np.abs(q) >= 1
    return np.where(outside, slope - 3, upper), np.where(outside, slope + 3, lower)


def mouth_lines(who: Identity, x: Array) -> tuple[Array, Array, Array]:
    """Heights of the upper lip's edge, of the line between the lips and of the lower lip's edge."""
    half = 25.5 * who.mouth_width
    q = np.clip(np.abs(x) / half, 0, 1)
    arc = 1 - q * q
    middle = MOUTH_Y + 1.5 * q * q - 0.8 * np.exp(-((q / 0.2) ** 2))
    bow = 1.3 * np.exp(-(((q - 0.2) / 0.16) ** 2)) - 0.6 * np.exp(-((q / 0.1) ** 2))
    upper = middle + who.lip_fullness * (6.4 * np.power(arc, 1.05) + bow)
    lower = middle - who.lip_fullness * 9.0 * np.power(arc, 0.8)
    return upper, middle, lower


def hairline(who: Identity, x: Array, y: Array, z: Array) -> Array:
    """Millimetres inside the hairy scalp (negative on the face)."""
    ax = np.abs(x)
    front = 0.72 * (y - 71 - who.hairline_mm) + 0.69 * (77 - z)
    front = front + 1.6 * np.sin(0.09 * x + who.seed % 5) + 0.9 * np.sin(0.23 * x + who.seed % 3)
    front = front - 7.0 * who.masculinity * bump((ax - 40) ** 2 + (y - 58) ** 2, 12)
    side = np.minimum(20 - z, y + 14 - 6 * who.masculinity)
    nape = np.minimum(-19 - z, y + 82)
    ear = 9 - 9 * ((y + 10) ** 2 / 30**2 + (z + 9) ** 2 / 18**2)
    return np.minimum(union_max(union_max(front, side, 14), nape, 6), np.where(ax > 55, -ear, 99))


def union_max(a: Array, b: Array, blend_mm: float) -> Array:
    """Union of two regions given as positive-inside values."""
    return -union(-a, -b, blend_mm)


def _ear(x: Array, y: Array, z: Array, who: Identity) -> Array:
    """Distance to the left ear (``x`` mirrored)."""
    dx, v, dz = x - 73.5 * who.face_width, y + 11, z + 11
    u = 0.90 * dx + 0.43 * dz
    w = 0.43 * dx - 0.90 * dz
    w = w + 0.18 * v
    narrowing = 1 - 0.006 * v
    wn = w * narrowing
    plate = ellipsoid(u, v, wn, (0, 0, 0), (4.6, 30, 17))
    ring = np.sqrt((v / 1.72) ** 2 + wn * wn) - 15.2
    helix = np.sqrt(ring * ring + (u - 3.4) ** 2) - 2.4
    helix = np.maximum(helix, -(v + 14 + w))
    d = union(plate, helix, 2.5)
    d = cut(d, ellipsoid(u, v, w, (6.5, -3, -2), (7.2, 12.5, 7.5)), 2.5)
    d = cut(d, ellipsoid(u, v, w, (5.6, 15, 2), (3.4, 8, 7)), 3)
    antihelix = capsule(u, v, w, (2.6, 14, 5), (3.4, -12, 6.5), 2.0, 2.3)
    d = union(d, antihelix, 2.5)
    tragus = sphere(u, v, w, (2.8, -4, -12.0), 3.4)
    lobe = ellipsoid(u, v, w, (0.6, -27, -6), (3.6, 7.5, 6.5))
    return union(union(d, tragus, 3), lobe, 5)


def _skull(ax: Array, y: Array, z: Array, who: Identity) -> Array:
    """Cranium, face block and jaw."""
    fw, jw, m = who.face_width, who.face_width * who.jaw_width, who.masculinity
    d = ellipsoid(ax, y, z, (0, 33, -3), (75 * fw, 84, 96))
    d = union(d, ellipsoid(ax, y, z, (0, 42, 36), (62 * fw, 46, 57)), 14)
    d = union(d, ellipsoid(ax, y, z, (0, -34, 30), (60 * fw, 74, 62)), 24)
    jaw = capsule(ax, y, z, (46 * jw, -60, 14), (13 * jw, -101 - who.chin_mm, 72), 15 + 2 * m, 13)
    d = union(d, jaw, 36)
    d = union(d, ellipsoid(ax, y, z, (47 * jw, -42, 22), (14, 36, 26)), 20)
    d = union(d, ellipsoid(ax, y, z, (0, -100 - who.chin_mm, 79), (19 + 4 * m, 16, 14)), 14)
    d = union(d, sphere(ax, y, z, (35 * fw, -33, 56), 25 * who.cheek), 24)
    d = union(d, ellipsoid(ax, y, z, (52 * fw, -15, 46 + who.cheekbone_mm), (15, 13, 19)), 18)
    return union(d, ellipsoid(ax, y, z, (0, -66, 72), (30, 26, 22)), 18)


def _nose(ax: Array, y: Array, z: Array, who: Identity) -> Array:
    """Bridge, tip and wings, not yet pierced."""
    tip_y = NOSE_TIP_Y * who.nose_length
    tip_z = 107.5 + who.nose_projection_mm
    w = who.nose_width
    bridge = capsule(ax, y, z, (0, 6, 82.5 + who.nose_bridge_mm), (0, tip_y + 4, tip_z - 4), 7.2, 7.4 * w)
    d = union(bridge, ellipsoid(ax, y, z, (0, tip_y, tip_z), (9.2 * w, 8.2, 8.6)), 7)
    wing = ellipsoid(ax, y, z, (11.4 * w, tip_y - 4.5, tip_z - 10.5), (5.4, 6.4, 9.0))
    d = union(d, wing, 6.5)
    return union(d, capsule(ax, y, z, (0, tip_y - 7, tip_z - 5), (0, tip_y - 10, tip_z - 16), 3.6, 4), 5)


def _pierce_nostrils(d: Array, ax: Array, y: Array, z: Array, who: Identity) -> Array:
    tip_y, tip_z = NOSE_TIP_Y * who.nose_length, 107.5 + who.nose_projection_mm
    w = who.nose_width
    hole = capsule(ax, y, z, (7.2 * w, tip_y - 12.5, tip_z - 5), (8.0 * w, tip_y - 6, tip_z - 12), 2.5, 3.0)
    return cut(d, hole, 2.2)


def _soft_parts(ax: Array, x: Array, y: Array, z: Array, who: Identity) -> Array:
    """Outward displacement in millimetres of lips, folds and lines on the front of the face."""
    front = ramp(z, 55, 75)
    upper, middle, lower = mouth_lines(who, x)
    half = 25.5 * who.mouth_width
    inside = ramp(half + 2 - ax, 0, 7)
    up = np.clip((y - middle) / np.maximum(upper - middle, 0.6), -1, 2)
    low = np.clip((middle - y) / np.maximum(middle - lower, 0.6), -1, 2)
    full = who.lip_fullness
    lips = np.where(
        y > middle,
        2.1 * full * bump((up - 0.40) ** 2, 0.36),
        3.4 * full * bump((low - 0.53) ** 2, 0.36),
    )
    out = inside * lips
    out -= 1.3 * bump(((y - middle) / 0.9) ** 2, 1) * ramp(half - ax, 0, 6)
    corner = (ax - half - 1) ** 2 / 12 + (y - MOUTH_Y) ** 2 / 9
    out -= 1.0 * np.exp(-corner)
    out -= 1.3 * bump(ax**2, 2.6) * ramp(y, -62, -58) * ramp(-y, 46, 50)
    out -= 3.0 * bump((y + 86) ** 2 + 0.08 * ax**2, 5.0)
    old = np.clip((who.age - 14) / 40, 0, 1)
    fold_x = 17 + 0.55 * np.maximum(-44 - y, 0)
    out -= (0.5 + 1.9 * old) * bump((ax - fold_x) ** 2, 3.0) * ramp(-y, 44, 52) * ramp(y, -78, -64)
    out -= old * 0.35 * np.sin(y * 0.62 + 0.02 * ax) ** 8 * ramp(y, 30, 40) * ramp(72 - y, 0, 12)
    value: Array = out * front
    return value


def _eyes(d: Array, ax: Array, y: Array, z: Array, who: Identity) -> tuple[Array, Array]:
    """Sockets, lids and the slit between them; returns skin and eyeball distances."""
    ex, ey, ez = eye_centre(who)
    near = (np.abs(ax - ex) < 30) & (np.abs(y) < 30) & (z > 40)
    if not near.any():
        return d, np.full_like(d, 99)
    ax, y, z = ax[near], y[near], z[near]
    skin = cut(d[near], ellipsoid(ax, y, z, (ex - 1.0, 0.5, 93), (17, 9.5, 12.5)), 13)
    skin = union(skin, sphere(ax, y, z, (ex, ey, ez), 13.5), 5.0)
    upper, lower = lid_curves(who, ax)
    crease = bump(((y - upper - 4.6) / 1.1) ** 2, 1) * ramp(15 - np.abs(ax - ex), 0, 5)
    bag = bump(((y - lower + 6.5) / 1.6) ** 2, 1) * ramp(14 - np.abs(ax - ex), 0, 6)
    skin = skin + 0.9 * crease + (0.15 + 0.01 * who.age) * bag
    slit = np.maximum(np.maximum(y - upper, lower - y), ez + 1.5 - z) * 0.8
    skin = cut(skin, slit, 1.2)
    ball = sphere(ax, y, z, (ex, ey, ez), 12.3)
    cornea = sphere(ax, y, z, (ex, ey, ez + 5.4), 7.8)
    ball = union(ball, cornea, 1.0)
    corner = ellipsoid(ax, y, z, (ex - 14.2, -0.6, ez + 6.5), (3.4, 2.6, 3.4))
    eyeball = np.full_like(d, 99)
    eyeball[near] = union(ball, corner, 1.5)
    out = d.copy()
    out[near] = skin
    return out, eyeball


def _hair_depth(who: Identity, x: Array, y: Array, z: Array) -> Array:
    """How far the hair stands off the scalp, millimetres."""
    base = {"buzz": 2.5, "short": 4.0, "back": 5.0, "long": 6.5, "curly": 10.0}[who.hair]
    phase = who.seed % 11
    if who.hair == "short":
        lumps = np.sin(0.16 * x + 0.05 * z + phase) * np.sin(0.11 * z + 0.07 * y)
        short: Array = base + (9 + 1.6 * lumps) * ramp(y + 0.15 * z, 66, 122)
        return short
    if who.hair == "curly":
        wx, wy, wz = x + 5 * np.sin(0.13 * y + phase), y + 5 * np.sin(0.11 * z), z + 5 * np.sin(0.12 * x)
        curls = np.sin(0.52 * wx) * np.sin(0.47 * wy + 0.2 * wz) + np.sin(0.50 * wz + 0.3 * wx) * np.sin(0.43 * wy)
        curly: Array = base + 7 * ramp(y, 30, 100) + 1.1 * curls
        return curly
    return np.full_like(x, base)


def _hair(who: Identity, skull: Array, x: Array, y: Array, z: Array) -> Array:
    """Distance to the hair: the skull thickened inside the hairline, and what hangs or is tied."""
    ax = np.abs(x)
    inside = hairline(who, x, y, z)
    hair = skull - _hair_depth(who, x, y, z) * ramp(inside, -1.5, 24)
    hair = np.maximum(hair, -inside - 1.0)
    if who.hair == "long":
        hair = union(hair, ellipsoid(ax, y, z, (0, -90, -42), (88, 160, 46)), 10)
        wave = 2.0 * np.sin(0.045 * y + who.seed % 5)
        hair = union(hair, ellipsoid(ax + wave, y, z, (75, -90, -8), (13, 160, 27)), 12)
    if who.hair == "back":
        hair = union(hair, sphere(x, y, z, (0, 45, -112), 30), 10)
    value: Array = hair
    return value


def parts(who: Identity, x: Array, y: Array, z: Array) -> tuple[Array, Array, Array, Array]:
    """Distances to skin, hair, eyeballs and shirt, each of the shape of ``x``."""
    x = x + 0.6 * np.sin(y * 0.03 + who.seed % 7)
    y = unstretched(who, y)
    ax = np.abs(x)
    skull = _skull(ax, y, z, who)
    ridge = capsule(ax, y, z, (9, 13, 80), (44, 15, 66), 8.0 + 1.6 * who.masculinity, 8)
    d = union(skull, ridge, 13)
    d, eyeball = _eyes(d, ax, y, z, who)
    near = (z > 60) & (ax < 45) & (y < 30) & (y > -100)
    if near.any():
        nx, sx, ny, nz = ax[near], x[near], y[near], z[near]
        face = union(d[near], _nose(nx, ny, nz, who), 9)
        face = _pierce_nostrils(face, nx, ny, nz, who)
        d[near] = face - _soft_parts(nx, sx, ny, nz, who)
    neck_r = 46 + 10 * who.masculinity
    neck = capsule(x, y, z, (0, -70, -14), (0, -210, -30), neck_r, neck_r + 5)
    d = union(d, neck, 16)
    hair = _hair(who, skull, x, y, z)
    ear = np.maximum(np.sqrt((ax - 76) ** 2 + ((y + 11) * 0.8) ** 2 + (z + 13) ** 2) - 34, 0.5) + 1.5
    near = ear < 3
    if near.any():
        ear[near] = _ear(ax[near], y[near], z[near], who)
    d = union(d, ear, 4.0)
    shirt = union(
        capsule(ax, y, z, (0, -196, -24), (150, -216, -34), 46, 40),
        capsule(x, y, z, (0, -160, -22), (0, -240, -22), neck_r + 6, neck_r + 34),
        24,
    )
    shirt = np.maximum(shirt, y + 146 + 0.16 * (z + 10))
    return d, hair, eyeball, shirt


def distance(who: Identity, x: Array, y: Array, z: Array) -> Array:
    """Distance to the nearest part of the person."""
    skin, hair, eyeball, shirt = parts(who, x, y, z)
    return np.minimum(np.minimum(skin, hair), np.minimum(eyeball, shirt))


def material(who: Identity, x: Array, y: Array, z: Array) -> Array:
    """Which part a surface point belongs to: SKIN, HAIR, EYE or SHIRT."""
    value: Array = np.argmin(np.stack(parts(who, x, y, z)), axis=0).astype(np.int8)
    return value
