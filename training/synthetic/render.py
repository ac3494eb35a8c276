"""From a scene and its lesions to a photograph and the truth about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

from mobile_models.lesions import TYPES
from training.array import Array
from training.synthetic import head
from training.synthetic.camera import MARGIN, Camera
from training.synthetic.field import ramp
from training.synthetic.identity import HAIR_COLOURS
from training.synthetic.lesions import Lesion, empty_patch, outline_px, paint
from training.synthetic.light import lit
from training.synthetic.materials import exposure
from training.synthetic.scene import Scene
from training.synthetic.skin import BLOOD, MELANIN, darkness, tone


@dataclass(frozen=True)
class Drawn:
    """A lesion as the photo shows it; ``box`` is x0, y0, x1, y1 in photo pixels."""

    lesion: Lesion
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Photo:
    """Pixels [H, W, 3] uint8 sRGB, and every lesion that can be seen in them."""

    pixels: Array
    lesions: tuple[Drawn, ...]


@dataclass(frozen=True)
class Shot:
    """What differs between two photos of one scene: hand, exposure, sensor."""

    shift_px: tuple[float, float] = (0.0, 0.0)
    zoom: float = 1.0
    tilt_degrees: float = 0.0
    exposure: float = 1.0
    warmth: float = 0.0
    noise: float = 0.006
    blur_px: float = 0.0
    flush: float = 0.0
    seed: int = 0


def sample_shot(rng: np.random.Generator, steady: float = 1.0) -> Shot:
    """Small accidents of a hand-held photo; ``steady`` 1 for a guided capture, more for a careless one."""
    return Shot(
        shift_px=(float(rng.normal(0, 3 * steady)), float(rng.normal(0, 3 * steady))),
        zoom=float(1 + rng.normal(0, 0.008 * steady)),
        tilt_degrees=float(rng.normal(0, 0.8 * steady)),
        exposure=float(np.exp(rng.normal(0, 0.04 * steady))),
        warmth=float(rng.normal(0, 0.015 * steady)),
        noise=float(rng.uniform(0.003, 0.009)),
        flush=float(rng.normal(0, 0.02)),
        seed=int(rng.integers(1 << 31)),
    )


def _shade_skin(scene: Scene, lesions: Sequence[Lesion], flush: float) -> Array:
    """Linear RGB [N, 3] of the skin pixels with lesions on them."""
    who, skin, surface = scene.who, scene.skin, scene.surface
    mask = surface.part == head.SKIN
    base = surface.normal[mask]
    patch = empty_patch(len(base))
    dark = darkness(who.ita)
    for lesion in lesions:
        paint(patch, lesion, surface, scene.index, dark)
    scale = surface.camera.px_per_mm * surface.seen.shape[1] / surface.camera.width
    pore_bump = 0.55 * float(np.clip(scale / 6, 0.5, 1.0))
    normal = base - skin.slope * pore_bump - patch.slope
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
    broad = base - 0.6 * patch.slope
    broad /= np.maximum(np.linalg.norm(broad, axis=1, keepdims=True), 1e-6)
    melanin = np.maximum(skin.melanin + patch.melanin, -0.3) + 0.12 * skin.pore
    blood = skin.blood * (1 + flush) + patch.blood + flush * 0.3
    albedo = tone(who.ita) * np.exp(-(melanin[:, None] * MELANIN + blood[:, None] * BLOOD))
    hair = np.asarray(HAIR_COLOURS[who.hair_colour], np.float32)
    shadow = (0.55 * skin.stubble)[:, None]
    albedo = albedo * (1 - shadow) + shadow * (0.35 * albedo + 0.4 * hair)
    roots = (0.55 * skin.roots)[:, None]
    albedo = albedo * (1 - roots) + roots * (0.8 * hair + 0.1 * albedo)
    albedo = albedo * (0.25 + 0.75 * ramp(surface.openness[mask], -0.05, 0.38))[:, None]
    covered = np.minimum(patch.cover_share, 1)[:, None]
    bright = float(np.clip(tone(who.ita).mean() / 0.36, 0.42, 1))
    light_cover = np.where(patch.cover.mean(axis=1, keepdims=True) > 0.2, bright, 1.0)
    albedo = albedo * (1 - covered) + covered * patch.cover * light_cover
    light_in = lit(scene.light, surface, mask, scene.reach, normal, broad)
    gloss = np.clip(skin.gloss + patch.gloss * (1 - covered[:, 0] * 0.3), 0, 3) * (1 - 0.45 * skin.pore)
    value: Array = albedo * light_in.diffuse + light_in.specular * (gloss * (0.62 / exposure(who) ** 0.7))[:, None]
    return value


def _develop(linear: Array) -> Array:
    """Linear light to sRGB 0–1 with a soft shoulder above 0.6."""
    x = np.maximum(linear, 0)
    x = np.where(x > 0.6, 0.6 + 0.4 * (1 - np.exp(-(x - 0.6) / 0.4)), x)
    return np.where(x < 0.0031308, 12.92 * x, 1.055 * np.power(np.maximum(x, 1e-6), 1 / 2.4) - 0.055)


def photograph(scene: Scene, lesions: Sequence[Lesion], shot: Shot | None = None) -> Photo:
    """Shade, frame and expose one photo; the same arguments give the same pixels."""
    shot = shot or Shot()
    surface, camera = scene.surface, scene.surface.camera
    linear = scene.fixed.copy()
    linear[surface.part == head.SKIN] = _shade_skin(scene, lesions, shot.flush)
    for share, colour in scene.strokes:
        lit_colour = colour * (0.35 + 0.65 * scene.reach * surface.openness)[..., None]
        linear += share[..., None] * (lit_colour - linear)
    tint = np.array([1 + shot.warmth, 1.0, 1 - shot.warmth], np.float32)
    exposed = linear * (shot.exposure * tint)
    person = surface.seen[..., None]
    exposed = np.where(person, exposed * exposure(scene.who), exposed)
    srgb = np.clip(_develop(exposed), 0, 1)
    framed = _frame(srgb, camera, shot)
    rng = np.random.default_rng([shot.seed, 51])
    if shot.blur_px:
        framed = ndimage.gaussian_filter(framed, (shot.blur_px, shot.blur_px, 0))
    grain = ndimage.gaussian_filter(rng.standard_normal(framed.shape), (0.6, 0.6, 0)) * 1.8
    framed = framed + shot.noise * grain * (1.3 - framed)
    pixels = (np.clip(framed, 0, 1) * 255 + 0.5).astype(np.uint8)
    return Photo(pixels, tuple(_seen_lesions(scene, lesions, shot)))


def _frame(srgb: Array, camera: Camera, shot: Shot) -> Array:
    """Turn, shift, zoom and reduce the oversampled picture to the photo's size."""
    h, w, _ = srgb.shape
    image = Image.fromarray((srgb * 255 + 0.5).astype(np.uint8))
    if shot.tilt_degrees:
        edge = tuple(int(v) for v in np.asarray(image)[2, 2])
        image = image.rotate(shot.tilt_degrees, Image.Resampling.BICUBIC, fillcolor=edge)
    k = w / camera.width
    zoom = MARGIN * shot.zoom
    bw, bh = w / zoom, h / zoom
    x0 = np.clip((w - bw) / 2 - shot.shift_px[0] * k, 0, w - bw)
    y0 = np.clip((h - bh) / 2 - shot.shift_px[1] * k, 0, h - bh)
    box = (float(x0), float(y0), float(x0 + bw), float(y0 + bh))
    small = image.resize((camera.width, camera.height), Image.Resampling.LANCZOS, box=box)
    return np.asarray(small, np.float32) / 255


def _to_photo(points: Array, camera: Camera, shot: Shot) -> Array:
    """Camera pixels [N, 2] to pixels of the framed photo."""
    centre = np.array([camera.width, camera.height]) / 2
    a = np.radians(shot.tilt_degrees)
    turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    p = (points - centre) @ turn.T + centre
    zoom = MARGIN * shot.zoom
    size = np.array([camera.width, camera.height])
    corner = np.clip((size - size / zoom) / 2 - np.asarray(shot.shift_px), 0, size - size / zoom)
    value: Array = (p - corner) * zoom
    return value


def _seen_lesions(scene: Scene, lesions: Sequence[Lesion], shot: Shot) -> list[Drawn]:
    """Lesions facing the camera, unhidden and wholly in the picture."""
    surface, camera = scene.surface, scene.surface.camera
    h, w = surface.seen.shape
    out = []
    for lesion in lesions:
        if lesion.kind not in TYPES:
            continue
        place = np.asarray(lesion.place)
        toward = camera.origin() - place
        if np.dot(toward / np.linalg.norm(toward), lesion.normal) < 0.22:
            continue
        col, row = (camera.project(place[None])[0] * (w / camera.width)).astype(int)
        if not (0 <= col < w and 0 <= row < h) or surface.part[row, col] != head.SKIN:
            continue
        if np.linalg.norm(surface.position[row, col] - place) > 2.5:
            continue
        rim = _to_photo(outline_px(lesion, camera), camera, shot)
        (x0, y0), (x1, y1) = rim.min(axis=0), rim.max(axis=0)
        if x0 < 0 or y0 < 0 or x1 > camera.width or y1 > camera.height:
            continue
        out.append(Drawn(lesion, (float(x0), float(y0), float(x1), float(y1))))
    return out
