"""Light: a large soft key lamp, a fill, the room, and what skin does with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from training.array import Array
from training.synthetic.field import ramp
from training.synthetic.identity import Identity
from training.synthetic.surface import Surface, distance_at, spread

# Skin lets red light spread furthest under the surface, so red wraps furthest around an edge.
_WRAP = np.array([0.42, 0.20, 0.14], np.float32)


@dataclass(frozen=True)
class Light:
    """Directions are in camera axes (x right, y up, z towards the camera); colours linear RGB."""

    key: tuple[float, float, float] = (-0.45, 0.55, 0.80)
    key_colour: tuple[float, float, float] = (1.0, 0.96, 0.90)
    key_strength: float = 0.72
    fill: tuple[float, float, float] = (0.75, 0.05, 0.65)
    fill_colour: tuple[float, float, float] = (0.88, 0.94, 1.0)
    fill_strength: float = 0.24
    room_colour: tuple[float, float, float] = (0.96, 0.98, 1.0)
    room_strength: float = 0.34


def sample_light(rng: np.random.Generator) -> Light:
    """A lamp as photographs have them: mostly from above and somewhere in front."""
    warm = rng.normal(0, 0.05)
    return Light(
        key=(float(rng.uniform(-0.8, 0.8)), float(rng.uniform(0.15, 0.9)), float(rng.uniform(0.6, 1.1))),
        key_colour=(1.0 + warm, 0.97, 0.93 - warm),
        key_strength=float(rng.uniform(0.5, 0.85)),
        fill=(float(rng.uniform(-1, 1)), float(rng.uniform(-0.2, 0.4)), float(rng.uniform(0.5, 1))),
        fill_strength=float(rng.uniform(0.12, 0.3)),
        room_strength=float(rng.uniform(0.25, 0.48)),
    )


def in_head(surface: Surface, direction: tuple[float, float, float]) -> Array:
    """A camera-axes direction as a unit vector [3] in head axes."""
    d = np.asarray(direction, float) @ surface.camera.rotation()
    value: Array = (d / np.linalg.norm(d)).astype(np.float32)
    return value


def key_reach(who: Identity, surface: Surface, light: Light) -> Array:
    """Share 0–1 of the key lamp that reaches each pixel, [H, W], with penumbrae."""
    grid = np.zeros_like(surface.seen)
    grid[::3, ::3] = True
    at = surface.seen & grid
    p = surface.position[at] + surface.normal[at] * 0.8
    key = in_head(surface, light.key)
    reach = np.ones(len(p), p.dtype)
    t = np.full(len(p), 1.5, p.dtype)
    for _ in range(16):
        d = distance_at(who, p + key * t[:, None])
        reach = np.minimum(reach, ramp(d / t * 5.5, -0.6, 1.0))
        t += np.clip(d, 1.5, 14)
    full = np.ones(surface.seen.shape, p.dtype)
    full[at] = reach
    value: Array = ndimage.gaussian_filter(spread(full, at, surface.seen), 1.5)
    return value


def _lobe(n_dot_h: Array, roughness: float) -> Array:
    """GGX normal distribution (Walter 2007) without its constant 1/π."""
    a2 = roughness**4
    d = n_dot_h * n_dot_h * (a2 - 1) + 1
    return a2 / (d * d)


@dataclass(frozen=True)
class Lit:
    """Light arriving at N points: diffuse [N, 3] and specular [N, 3], both linear."""

    diffuse: Array
    specular: Array


def lit(light: Light, surface: Surface, mask: Array, reach: Array, normal: Array, broad: Array) -> Lit:
    """Shade points with bumped ``normal`` [N, 3]; ``broad`` is the unbumped one that red light follows."""
    view = surface.to_camera[mask]
    key, fill = in_head(surface, light.key), in_head(surface, light.fill)
    up = in_head(surface, (0, 1, 0.25))
    open_, shade = surface.openness[mask], reach[mask]
    diffuse = np.empty_like(normal)
    kc, fc, rc = (np.asarray(c, np.float32) for c in (light.key_colour, light.fill_colour, light.room_colour))
    bumped = [normal @ v for v in (key, fill, up)]
    soft = [broad @ v for v in (key, fill, up)]
    for c, share in enumerate((0.55, 0.25, 0.2)):
        w = _WRAP[c]
        k, f, u = (b + share * (s - b) for b, s in zip(bumped, soft, strict=True))
        k_term = np.maximum((k + w) / (1 + w), 0) * (shade + (1 - shade) * (0.16 if c == 0 else 0.04))
        f_term = np.maximum((f + w) / (1 + w), 0) * open_
        r_term = (0.62 + 0.38 * u) * (open_ ** (0.75 if c == 0 else 1.15))
        diffuse[:, c] = (
            light.key_strength * kc[c] * k_term
            + light.fill_strength * fc[c] * f_term
            + light.room_strength * rc[c] * r_term
        )
    facing = np.clip(np.einsum("ij,ij->i", normal, view), 0, 1)
    fresnel = 0.028 + 0.972 * (1 - facing) ** 5
    specular = np.zeros_like(normal)
    for direction, colour, strength, blocked in (
        (key, kc, light.key_strength, shade),
        (fill, fc, light.fill_strength, open_),
    ):
        half = view + direction
        half /= np.maximum(np.linalg.norm(half, axis=1, keepdims=True), 1e-6)
        n_h = np.clip(np.einsum("ij,ij->i", normal, half), 0, 1)
        shine = 0.7 * _lobe(n_h, 0.52) + 0.3 * _lobe(n_h, 0.34)
        gate = ramp(normal @ direction, -0.05, 0.25) * blocked
        specular += colour * (strength * shine * gate * np.minimum(fresnel * 1.0, 0.25))[:, None]
    specular += (
        rc * (light.room_strength * 0.35 * np.minimum(fresnel, 0.22) * open_ * (0.6 + 0.4 * (normal @ up)))[:, None]
    )
    return Lit(diffuse, specular)
