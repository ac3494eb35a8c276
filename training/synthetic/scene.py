"""One person before one camera and lamp: the seconds of work that every photo of them shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import ndimage

from training.array import Array
from training.synthetic import head, strands
from training.synthetic.camera import Camera
from training.synthetic.identity import HAIR_COLOURS, Identity
from training.synthetic.light import Light, key_reach
from training.synthetic.materials import backdrop, shade_eyes, shade_hair, shade_shirt
from training.synthetic.skin import Complexion, complexion
from training.synthetic.surface import Surface, see


@dataclass(frozen=True)
class Scene:
    """Everything about one person, camera and lamp that does not change from photo to photo."""

    who: Identity
    light: Light
    surface: Surface
    reach: Array
    skin: Complexion
    index: Array
    fixed: Array
    strokes: tuple[tuple[Array, Array], ...]


def _brow_cover(surface: Surface, who: Identity) -> Array:
    hairs = strands.draw(surface, strands.brow_lines(who), 0.30)
    px_per_mm = surface.camera.px_per_mm * surface.seen.shape[1] / surface.camera.width
    value: Array = 1 - (1 - 0.80 * hairs) * (1 - 0.42 * ndimage.gaussian_filter(hairs, 1.1 * px_per_mm))
    return value


def build_scene(
    who: Identity,
    camera: Camera,
    light: Light,
    oversampling: float = 2.0,
    precision: type[np.floating[Any]] = np.float32,
) -> Scene:
    """March, texture and light a head once; seconds of work that every photo of it shares."""
    surface = see(who, camera, oversampling, precision)
    skin_mask = surface.part == head.SKIN
    index = np.full(surface.seen.shape, -1, np.int32)
    index[skin_mask] = np.arange(np.count_nonzero(skin_mask))
    reach = key_reach(who, surface, light)
    over, border = strands.hair_lines(who, surface)
    hair = np.asarray(HAIR_COLOURS[who.hair_colour], np.float32)
    half = len(over) // 2
    dark_brow = np.minimum(hair * 0.75, np.array([0.07, 0.045, 0.03], np.float32))
    x, y, z = (surface.position[..., k] for k in range(3))
    scalp = head.hairline(who, x, y, z) > -7
    hairy = ~skin_mask | (scalp & ((z > 6) | (y > 26)))
    strokes = (
        (0.42 * hairy * strands.draw(surface, over[:half], 0.30), hair * 0.35),
        (0.30 * hairy * strands.draw(surface, over[half:], 0.28), hair * 1.9),
        (0.55 * hairy * strands.draw(surface, border, 0.16 if who.hair != "buzz" else 0.2), hair * 0.7),
        (_brow_cover(surface, who), dark_brow),
        (0.85 * strands.draw(surface, strands.lash_lines(who), 0.30), dark_brow * 0.35),
    )
    fixed = np.zeros((*surface.seen.shape, 3), surface.position.dtype)
    fixed[:] = backdrop(surface)
    shade_hair(fixed, who, surface, light, reach)
    shade_eyes(fixed, who, surface, light, reach)
    shade_shirt(fixed, who, surface, light, reach)
    return Scene(who, light, surface, reach, complexion(who, surface), index, fixed, strokes)
