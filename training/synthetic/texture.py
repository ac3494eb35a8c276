"""Tiling noise laid onto the head from the front and from the side."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy import ndimage

from training.array import Array

_TILE = 512


@lru_cache(maxsize=32)
def blotches(seed: int, sigma: float = 2.5) -> Array:
    """Smooth tiling noise [T, T, 1], mean 0, standard deviation 1; ``sigma`` in texels."""
    white = np.random.default_rng([seed, 21]).standard_normal((_TILE, _TILE))
    smooth = ndimage.gaussian_filter(white, sigma, mode="wrap")
    value: Array = (smooth / smooth.std()).astype(np.float32)[..., None]
    return value


@lru_cache(maxsize=8)
def pores(seed: int) -> Array:
    """Tiling pits on a jittered grid, [T, T, 3]: depth 0–1 and the height's slope along u and v."""
    rng = np.random.default_rng([seed, 22])
    step = 8
    n = _TILE // step
    height = np.zeros((_TILE, _TILE))
    gy, gx = np.mgrid[0:n, 0:n]
    iy = (gy * step + rng.uniform(0, step, (n, n))).astype(int) % _TILE
    ix = (gx * step + rng.uniform(0, step, (n, n))).astype(int) % _TILE
    height[iy, ix] = rng.uniform(0.2, 1.0, (n, n)) ** 1.5
    pits = ndimage.gaussian_filter(height, 1.5, mode="wrap")
    pits /= np.percentile(pits, 99.7)
    grain = ndimage.gaussian_filter(rng.standard_normal((_TILE, _TILE)), 1.6, mode="wrap")
    relief = -pits + 0.16 * grain / grain.std()
    v = np.roll(relief, -1, 0) - np.roll(relief, 1, 0)
    u = np.roll(relief, -1, 1) - np.roll(relief, 1, 1)
    value: Array = np.stack([np.clip(pits, 0, 1), u, v], axis=-1).astype(np.float32)
    return value


def lookup(tile: Array, u: Array, v: Array) -> Array:
    """Bilinear samples [N, C] of a tile [T, T, C] at texel coordinates, wrapping around."""
    u0, v0 = np.floor(u), np.floor(v)
    fu, fv = (u - u0)[:, None].astype(np.float32), (v - v0)[:, None].astype(np.float32)
    i, j = v0.astype(np.int32) % _TILE, u0.astype(np.int32) % _TILE
    i1, j1 = (i + 1) % _TILE, (j + 1) % _TILE
    top = tile[i, j] * (1 - fu) + tile[i, j1] * fu
    bottom = tile[i1, j] * (1 - fu) + tile[i1, j1] * fu
    value: Array = top * (1 - fv) + bottom * fv
    return value


def side_share(normal: Array) -> Array:
    """Weight 0–1 of the sideways projection at unit normals [N, 3]."""
    s, f = normal[:, 0] ** 4, normal[:, 2] ** 4
    return (s / (s + f + 1e-6)).astype(np.float32)


def on_surface(tile: Array, position: Array, normal: Array, mm_per_texel: float) -> Array:
    """Samples [N, C] of a tile laid onto points [N, 3], blended between front and side projection."""
    p = position / mm_per_texel
    w = side_share(normal)[:, None]
    front = lookup(tile, p[:, 0], p[:, 1])
    side = lookup(tile, p[:, 2] + 171.3, p[:, 1] + np.sign(p[:, 0]) * 57.7)
    value: Array = front * (1 - w) + side * w
    return value


def relief_on_surface(tile: Array, position: Array, normal: Array, mm_per_texel: float) -> tuple[Array, Array]:
    """Pit depth [N] and slope vectors [N, 3] in head axes of a ``pores`` tile."""
    p = position / mm_per_texel
    w = side_share(normal)[:, None]
    front = lookup(tile, p[:, 0], p[:, 1])
    side = lookup(tile, p[:, 2] + 171.3, p[:, 1] + 57.7)
    depth = front[:, 0] * (1 - w[:, 0]) + side[:, 0] * w[:, 0]
    slope = np.concatenate(
        [front[:, 1:2] * (1 - w), front[:, 2:3] * (1 - w) + side[:, 2:3] * w, side[:, 1:2] * w], axis=1
    )
    return depth, slope
