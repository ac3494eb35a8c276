"""What is not skin: hair, eyes, shirt and the wall behind, coloured once per scene."""

from __future__ import annotations

import numpy as np

from training.array import Array
from training.synthetic import head, strands
from training.synthetic.field import bump, ramp
from training.synthetic.identity import HAIR_COLOURS, IRIS_COLOURS, Identity
from training.synthetic.light import Light, in_head, lit
from training.synthetic.skin import tone
from training.synthetic.surface import Surface
from training.synthetic.texture import blotches, lookup


def exposure(who: Identity) -> float:
    """Phones expose for the face, but only part of the way."""
    return float(np.clip((0.43 / tone(who.ita).mean()) ** 0.38, 0.9, 2.0))


def backdrop(surface: Surface) -> Array:
    """A plain pale wall with a soft fall-off."""
    h, w = surface.seen.shape
    yy, xx = np.mgrid[0:h, 0:w].astype(surface.position.dtype)
    u, v = xx / w - 0.42, yy / h - 0.35
    glow = np.exp(-(u * u + v * v) * 1.1)
    value: Array = (0.40 + 0.24 * glow)[..., None] * np.array([0.94, 0.985, 1.0], np.float32)
    return value


def shade_hair(out: Array, who: Identity, surface: Surface, light: Light, reach: Array) -> None:
    """Colour the hair pixels of ``out`` [H, W, 3]: locks, single hairs and their anisotropic shine."""
    mask = surface.part == head.HAIR
    if not mask.any():
        return
    p, n = surface.position[mask], surface.normal[mask]
    t = strands.flow(who, p, n).astype(p.dtype)
    angle = np.arctan2(p[:, 0], p[:, 1] - 25)
    along = p[:, 2]
    if who.hair == "long":
        angle, along = p[:, 2] / 75 + 0.0016 * p[:, 1], p[:, 1] - np.abs(p[:, 0])
    k = who.seed % 9973
    fine = lookup(blotches(k + 6, 1.3), angle * 190, along * 0.10)[:, 0]
    lock = lookup(blotches(k + 7, 3.0), angle * 60, along * 0.12)[:, 0]
    if who.hair in ("buzz", "curly"):
        fine = lookup(blotches(k + 6, 1.3), p[:, 0] * 2.2 + p[:, 2], p[:, 1] * 2.2)[:, 0]
    hair = np.asarray(HAIR_COLOURS[who.hair_colour], np.float32)
    colour = hair * np.clip(1 + 0.28 * fine + 0.30 * lock, 0.25, 2.2)[:, None]
    if who.hair == "buzz":
        inside = head.hairline(who, p[:, 0], p[:, 1], p[:, 2])
        share = (0.40 + 0.5 * ramp(inside, -1, 10))[:, None]
        colour = colour * share + (1 - share) * tone(who.ita) * 0.55
    n = n + 0.16 * np.cross(n, t) * (fine + 0.6 * lock)[:, None]
    n /= np.linalg.norm(n, axis=1, keepdims=True)
    light_in = lit(light, surface, mask, reach, n, n)
    key = in_head(surface, light.key)
    half = surface.to_camera[mask] + key
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    t = t + n * (0.10 * fine)[:, None]
    along_half = np.clip(np.einsum("ij,ij->i", t, half), -1, 1)
    sine = np.sqrt(1 - along_half**2)
    shine = (0.035 * sine**90 + 0.05 * sine**22) * ramp(n @ key, -0.1, 0.5) * reach[mask]
    shine *= 0.25 if who.hair in ("buzz", "curly") else 1.0
    tint = 0.35 + 0.65 * hair / hair.max()
    out[mask] = colour * light_in.diffuse * 1.1 + shine[:, None] * tint * np.asarray(light.key_colour)


def shade_eyes(out: Array, who: Identity, surface: Surface, light: Light, reach: Array) -> None:
    """Colour the eyeball pixels of ``out`` [H, W, 3]: white, iris, pupil, the lid's shadow and wet highlights."""
    mask = surface.part == head.EYE
    if not mask.any():
        return
    p, n = surface.position[mask], surface.normal[mask]
    ex, ey, ez = head.eye_centre(who)
    side = np.sign(p[:, 0])
    d = p - np.stack([side * ex, np.full_like(side, ey), np.full_like(side, ez)], axis=1)
    camera_in_head = surface.camera.origin() / np.linalg.norm(surface.camera.origin())
    gaze = np.array([0.0, 0.0, 1.0]) * 0.75 + camera_in_head * 0.25
    gaze /= np.linalg.norm(gaze)
    axial = d @ gaze
    across = d - axial[:, None] * gaze
    rho = np.linalg.norm(across, axis=1)
    spoke = np.arctan2(across[:, 1], across[:, 0])
    k = who.seed % 9973
    fibre = lookup(blotches(k + 8, 1.4), spoke * 26, rho * 2.0)[:, 0]
    iris = np.asarray(IRIS_COLOURS[who.iris], np.float32)
    rim = ramp(rho, 4.6, 6.2)
    flecks = np.clip(1 + 0.28 * fibre, 0.3, 2)[:, None] * (1.15 - 0.75 * rim + 0.35 * ramp(3.4 - rho, 0, 1.2))[:, None]
    white = np.array([0.50, 0.455, 0.425], np.float32) * (1 - 0.05 * fibre[:, None])
    corner = ramp(-d[:, 0] * side, 8.0, 13.0)[:, None]
    white = white * (1 - corner) + np.array([0.50, 0.24, 0.20], np.float32) * corner
    ball = ramp(rho, 5.8, 6.4)[:, None]
    colour = iris * flecks * (1 - ball) + white * ball
    pupil = ramp(2.35 - rho, -0.25, 0.25)[:, None]
    front = ramp(axial, 0, 2)[:, None]
    colour = np.where(front > 0.5, colour * (1 - pupil) + 0.004 * pupil, white)
    upper, lower = head.lid_curves(who, np.abs(p[:, 0]))
    lid_shadow = (0.30 + 0.70 * ramp(upper - p[:, 1], 0.0, 4.2)) * (0.75 + 0.25 * ramp(p[:, 1] - lower, 0, 1.5))
    broad = d / np.maximum(np.linalg.norm(d, axis=1, keepdims=True), 1e-6)
    broad = broad.astype(p.dtype)
    light_in = lit(light, surface, mask, np.maximum(reach, 0.55), broad, broad)
    wet = np.zeros(len(p), p.dtype)
    for direction, strength in ((light.key, 1.0), (light.fill, 0.25)):
        half = surface.to_camera[mask] + in_head(surface, direction)
        half /= np.linalg.norm(half, axis=1, keepdims=True)
        wet += strength * ramp(np.einsum("ij,ij->i", n, half), 0.986, 0.995)
    tear = 0.25 * bump((p[:, 1] - lower - 0.3) ** 2, 0.3)
    colour = colour / exposure(who) ** 0.6 * 1.12
    out[mask] = colour * light_in.diffuse * lid_shadow[:, None] + (0.45 * wet + 0.3 * tear * lid_shadow)[:, None]


def shade_shirt(out: Array, who: Identity, surface: Surface, light: Light, reach: Array) -> None:
    """Colour the clothing pixels of ``out`` [H, W, 3]."""
    mask = surface.part == head.SHIRT
    if not mask.any():
        return
    p, n = surface.position[mask], surface.normal[mask]
    weave = lookup(blotches(5, 1.0), p[:, 0] * 1.6, p[:, 1] * 1.6 + p[:, 2])[:, 0]
    fold = lookup(blotches(6, 6.0), p[:, 0] * 0.5, p[:, 1] * 0.9)[:, 0]
    n = n + np.stack([0.10 * fold, 0.05 * fold, 0 * fold], axis=1)
    n /= np.linalg.norm(n, axis=1, keepdims=True)
    light_in = lit(light, surface, mask, reach, n, n)
    out[mask] = np.asarray(who.shirt, np.float32) * (1 + 0.04 * weave)[:, None] * light_in.diffuse
