"""Brows, lashes and hair as single strokes that start on the surface, drawn where the camera sees them."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from training.array import Array
from training.synthetic import head
from training.synthetic.field import ramp
from training.synthetic.identity import Identity
from training.synthetic.surface import Surface, surface_points

_FINER = 2
_SKULL_CENTRE = np.array([0.0, 33.0, -3.0])
_SKULL_RADII = np.array([75.0, 84.0, 96.0])


def draw(surface: Surface, lines: Array, width_mm: float) -> Array:
    """Coverage 0–1, [H, W], of polylines [N, K, 3] that taper to nothing; hidden ones are left out."""
    h, w = surface.seen.shape
    canvas = Image.new("L", (w * _FINER, h * _FINER))
    pen = ImageDraw.Draw(canvas)
    if len(lines):
        n, k, _ = lines.shape
        flat = lines.reshape(-1, 3)
        px = surface.camera.project(flat).reshape(n, k, 2) * (w / surface.camera.width)
        root = np.round(px[:, 0]).astype(int)
        inside = (root[:, 0] >= 0) & (root[:, 0] < w) & (root[:, 1] >= 0) & (root[:, 1] < h)
        col, row = root[:, 0].clip(0, w - 1), root[:, 1].clip(0, h - 1)
        near = np.linalg.norm(surface.position[row, col] - lines[:, 0], axis=1) < 4.0
        px_per_mm = surface.camera.px_per_mm * w / surface.camera.width * _FINER
        for line in px[inside & near] * _FINER:
            for s in range(k - 1):
                width = max(1, round(width_mm * px_per_mm * (1 - 0.6 * s / max(k - 1, 1))))
                pen.line([tuple(line[s]), tuple(line[s + 1])], fill=255 if s < k - 2 else 190, width=width)
    return np.asarray(canvas.reduce(_FINER), np.float32) / 255


def _front_surface(who: Identity, x: Array, y: Array) -> Array:
    origins = np.stack([x, y, np.full_like(x, 180)], axis=1)
    points, _ = surface_points(who, origins, np.broadcast_to(np.array([0, 0, -1.0]), origins.shape))
    return points


def brow_lines(who: Identity) -> Array:
    """Both eyebrows, [N, 4, 3]: hairs rise at the nose, sweep outwards and fall at the tail."""
    rng = np.random.default_rng([who.seed, 31])
    count = int(620 * who.brow_thickness)
    s = rng.beta(1.05, 1.25, count)
    middle = 15.2 + who.brow_height_mm + (2.2 + who.brow_arch_mm) * np.sin(np.pi * np.clip(s * 0.78, 0, 1)) - 4.5 * s**3
    half = (3.4 - 2.4 * s) * (0.6 + 0.5 * who.brow_thickness) * ramp(s, -0.15, 0.12)
    x = 11.5 + 41 * s
    y = middle + half * rng.uniform(-1, 1, count)
    side = rng.choice([-1.0, 1.0], count)
    root = _front_surface(who, side * x, y)
    angle = np.radians(np.interp(s, [0, 0.15, 0.5, 1], [78, 45, 22, -18]) + rng.normal(0, 9, count))
    angle -= np.radians(14) * (y - middle) / half.clip(0.5)
    length = np.interp(s, [0, 0.3, 1], [5.5, 8.0, 5.5]) * rng.uniform(0.75, 1.15, count)
    back = -0.55 * s - 0.12
    step = np.stack([side * np.cos(angle), np.sin(angle), back], axis=1) * (length / 3)[:, None]
    lift = np.array([0, 0, 0.45])
    bend = np.stack([side * 0.25, np.full(count, -0.28), np.full(count, -0.1)], axis=1)
    return np.stack([root, root + step + lift, root + 2 * step + bend + lift, root + 3 * step + 3 * bend], axis=1)


def lash_lines(who: Identity) -> Array:
    """Lashes of all four lids, [N, 4, 3]."""
    rng = np.random.default_rng([who.seed, 32])
    ex, _, ez = head.eye_centre(who)
    out = []
    for upper, count in ((True, 90), (False, 40)):
        q = rng.uniform(-0.86, 0.97, count)
        x = ex + 0.3 + 15.8 * q
        curve = head.lid_curves(who, x)[0 if upper else 1]
        side = rng.choice([-1.0, 1.0], count)
        depth = np.sqrt(np.maximum(13.7**2 - (x - ex) ** 2 - curve**2, 9))
        root = np.stack([side * x, curve, ez + depth], axis=1)
        length = (6.6 - 1.4 * who.masculinity if upper else 3.0) * (0.75 + 0.35 * q) * rng.uniform(0.8, 1.1, count)
        out_x = 0.15 + 0.75 * q
        rise = 0.25 if upper else -0.45
        first = np.stack([side * out_x * 0.6, np.full(count, rise * 0.4), np.full(count, 0.9)], axis=1)
        last = np.stack([side * out_x, np.full(count, rise * 3.2), np.full(count, 0.45)], axis=1)
        a = root + first * (length / 3)[:, None]
        b = a + (0.5 * first + 0.5 * last) * (length / 3)[:, None]
        out.append(np.stack([root, a, b, b + last * (length / 3)[:, None]], axis=1))
    return np.concatenate(out)


def flow(who: Identity, p: Array, normal: Array) -> Array:
    """The way hair is combed at points [N, 3]: back over the head, down where it hangs."""
    knot = np.array([0, 40 if who.hair == "back" else 10, -125.0])
    t = knot - p
    if who.hair in ("buzz", "short"):
        t = np.stack([p[:, 0] * 0.5, 60 - 0.6 * np.abs(p[:, 0]) - 0.8 * (100 - p[:, 1]), -60 + 0 * p[:, 0]], axis=1)
    if who.hair == "curly":
        turn = np.stack([np.sin(p[:, 1] * 1.9), np.sin(p[:, 2] * 2.3), np.sin(p[:, 0] * 2.1)], axis=1)
        t = turn * 60 + np.array([0, 20.0, -20.0])
    if who.hair == "long":
        hang = ramp(-p[:, 1], -70, -20)[:, None]
        aside = np.stack([np.sign(p[:, 0]), np.full(len(p), -0.35), np.full(len(p), -0.45)], axis=1)
        t = aside * (1 - hang) + np.array([0, -1.0, -0.06]) * hang
    t = t - normal * np.einsum("ij,ij->i", t, normal)[:, None]
    value: Array = t / np.maximum(np.linalg.norm(t, axis=1, keepdims=True), 1e-6)
    return value


def _shell(p: Array) -> Array:
    """Which scaled copy of the cranium points [N, 3] lie on."""
    value: Array = np.linalg.norm((p - _SKULL_CENTRE) / _SKULL_RADII, axis=1)
    return value


def _outward(p: Array) -> Array:
    n = (p - _SKULL_CENTRE) / _SKULL_RADII**2
    value: Array = n / np.linalg.norm(n, axis=1, keepdims=True)
    return value


def hair_lines(who: Identity, surface: Surface) -> tuple[Array, Array]:
    """Strokes over the hair and over the hairline, [N, K, 3] and [M, K, 3]."""
    rng = np.random.default_rng([who.seed, 33])

    def grown(weight: Array, tries: int, steps: int, step_mm: float, spread: float) -> Array:
        """Strokes from random pixels kept with probability ``weight``; a pixel more or less moves no other stroke."""
        h, w = weight.shape
        row, col = rng.integers(0, h, tries), rng.integers(0, w, tries)
        chance, stray = rng.uniform(0, 1, tries), rng.normal(0, spread, (tries, 3))
        rooted = weight[row, col] > chance
        row, col, stray = row[rooted], col[rooted], stray[rooted]
        p, n = surface.position[row, col].astype(float), surface.normal[row, col]
        line = [p]
        level = _shell(p)
        on_skull = (p[:, 1] > 25) | (who.hair != "long")
        for _ in range(steps):
            p = p + step_mm * (flow(who, p, n) + stray)
            n = np.where(on_skull[:, None], _outward(p), n)
            held = _SKULL_CENTRE + (p - _SKULL_CENTRE) * (level / _shell(p) * (1 + 0.0004 * step_mm))[:, None]
            p = np.where(on_skull[:, None], held, p)
            level = level * (1 + 0.0004 * step_mm)
            line.append(p)
        return np.stack(line, axis=1)

    facing = np.einsum("hwc,hwc->hw", surface.normal, surface.to_camera) > 0.3
    is_hair = (surface.part == head.HAIR) & facing
    length = {"buzz": (2, 1.0), "short": (4, 3.2), "back": (5, 5.0), "long": (5, 6.0), "curly": (4, 1.6)}[who.hair]
    spread = {"buzz": 0.5, "short": 0.28, "back": 0.07, "long": 0.06, "curly": 0.35}[who.hair]
    count = {"buzz": 9000, "short": 3200, "back": 2600, "long": 2600, "curly": 7000}[who.hair]
    over = grown(is_hair * 1.0, 4 * count, *length, spread)
    x, y, z = (surface.position[..., k] for k in range(3))
    inside = head.hairline(who, x, y, z)
    edge = surface.seen & (surface.part != head.EYE) & (np.abs(x) < 74) & (np.abs(inside) < 9) & ((z > 2) | (y > 25))
    chance = edge * np.exp(-((inside - 1) ** 2) / (2 * np.where(inside < 1, 2.2, 4.0) ** 2))
    steps = (2, 1.1) if who.hair == "buzz" else (4, 2.2)
    return over, grown(chance, 75_000, *steps, spread + 0.12)
