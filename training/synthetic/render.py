"""From a person and their lesions to a photograph and the truth about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

from training.synthetic import head, strands
from training.synthetic.camera import MARGIN, Camera
from training.synthetic.field import bump, ramp
from training.synthetic.identity import HAIR_COLOURS, IRIS_COLOURS, Identity
from training.synthetic.lesions import CLASSES, Lesion, empty_patch, outline_px, paint
from training.synthetic.light import Light, in_head, key_reach, lit
from training.synthetic.skin import BLOOD, MELANIN, Complexion, complexion, darkness, tone
from training.synthetic.surface import Surface, see
from training.synthetic.texture import blotches, lookup


@dataclass(frozen=True)
class Scene:
    """Everything about one person, camera and lamp that does not change from photo to photo."""

    who: Identity
    light: Light
    surface: Surface
    reach: np.ndarray
    skin: Complexion
    index: np.ndarray
    fixed: np.ndarray
    strokes: tuple[tuple[np.ndarray, np.ndarray], ...]


@dataclass(frozen=True)
class Drawn:
    """A lesion as the photo shows it; ``box`` is x0, y0, x1, y1 in photo pixels."""

    lesion: Lesion
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Photo:
    """Pixels [H, W, 3] uint8 sRGB, and every lesion that can be seen in them."""

    pixels: np.ndarray
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


def build_scene(who: Identity, camera: Camera, light: Light, oversampling: float = 2.0) -> Scene:
    """March, texture and light a head once; seconds of work that every photo of it shares."""
    surface = see(who, camera, oversampling)
    skin_mask = surface.part == head.SKIN
    index = np.full(surface.seen.shape, -1, np.int32)
    index[skin_mask] = np.arange(np.count_nonzero(skin_mask))
    reach = key_reach(who, surface, light)
    over, border = strands.hair_lines(who, surface)
    hair = np.asarray(HAIR_COLOURS[who.hair_colour], np.float32)
    half = len(over) // 2
    dark_brow = np.minimum(hair * 0.75, np.array([0.07, 0.045, 0.03], np.float32))
    strokes = (
        (0.42 * strands.draw(surface, over[:half], 0.30), hair * 0.35),
        (0.30 * strands.draw(surface, over[half:], 0.28), hair * 1.9),
        (0.55 * strands.draw(surface, border, 0.16 if who.hair != "buzz" else 0.2), hair * 0.7),
        (_brow_cover(surface, who), dark_brow),
        (0.85 * strands.draw(surface, strands.lash_lines(who), 0.30), dark_brow * 0.35),
    )
    fixed = np.zeros((*surface.seen.shape, 3), np.float32)
    fixed[:] = _backdrop(surface)
    _shade_hair(fixed, who, surface, light, reach)
    _shade_eyes(fixed, who, surface, light, reach)
    _shade_shirt(fixed, who, surface, light, reach)
    return Scene(who, light, surface, reach, complexion(who, surface), index, fixed, strokes)


def _brow_cover(surface: Surface, who: Identity) -> np.ndarray:
    hairs = strands.draw(surface, strands.brow_lines(who), 0.30)
    px_per_mm = surface.camera.px_per_mm * surface.seen.shape[1] / surface.camera.width
    return 1 - (1 - 0.80 * hairs) * (1 - 0.42 * ndimage.gaussian_filter(hairs, 1.1 * px_per_mm))


def _backdrop(surface: Surface) -> np.ndarray:
    """A plain pale wall with a soft fall-off."""
    h, w = surface.seen.shape
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    u, v = xx / w - 0.42, yy / h - 0.35
    glow = np.exp(-(u * u + v * v) * 1.1)
    return (0.40 + 0.24 * glow)[..., None] * np.array([0.94, 0.985, 1.0], np.float32)


def _shade_hair(out: np.ndarray, who: Identity, surface: Surface, light: Light, reach: np.ndarray) -> None:
    mask = surface.part == head.HAIR
    if not mask.any():
        return
    p, n = surface.position[mask], surface.normal[mask]
    t = strands.flow(who, p, n).astype(np.float32)
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


def _shade_eyes(out: np.ndarray, who: Identity, surface: Surface, light: Light, reach: np.ndarray) -> None:
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
    flecks = (
        np.clip(1 + 0.28 * fibre, 0.3, 2)[:, None]
        * (1.15 - 0.75 * rim + 0.35 * ramp(3.4 - rho, 0, 1.2))[:, None]
    )
    white = np.array([0.50, 0.455, 0.425], np.float32) * (1 - 0.05 * fibre[:, None])
    corner = ramp(-d[:, 0] * side, 8.0, 13.0)[:, None]
    white = white * (1 - corner) + np.array([0.50, 0.24, 0.20], np.float32) * corner
    ball = ramp(rho, 5.8, 6.4)[:, None]
    colour = iris * flecks * (1 - ball) + white * ball
    pupil = ramp(2.35 - rho, -0.25, 0.25)[:, None]
    front = ramp(axial, 0, 2)[:, None]
    colour = np.where(front > 0.5, colour * (1 - pupil) + 0.004 * pupil, white)
    upper, lower = head.lid_curves(who, np.abs(p[:, 0]))
    lid_shadow = (0.30 + 0.70 * ramp(upper - p[:, 1], 0.0, 4.2)) * (
        0.75 + 0.25 * ramp(p[:, 1] - lower, 0, 1.5)
    )
    broad = d / np.maximum(np.linalg.norm(d, axis=1, keepdims=True), 1e-6)
    broad = broad.astype(np.float32)
    light_in = lit(light, surface, mask, np.maximum(reach, 0.55), broad, broad)
    wet = np.zeros(len(p), np.float32)
    for direction, strength in ((light.key, 1.0), (light.fill, 0.25)):
        half = surface.to_camera[mask] + in_head(surface, direction)
        half /= np.linalg.norm(half, axis=1, keepdims=True)
        wet += strength * ramp(np.einsum("ij,ij->i", n, half), 0.978, 0.992)
    tear = 0.25 * bump((p[:, 1] - lower - 0.3) ** 2, 0.3)
    colour = colour / _exposure(who) ** 0.6 * 1.12
    out[mask] = (
        colour * light_in.diffuse * lid_shadow[:, None] + (0.45 * wet + 0.3 * tear * lid_shadow)[:, None]
    )


def _shade_shirt(out: np.ndarray, who: Identity, surface: Surface, light: Light, reach: np.ndarray) -> None:
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


def _shade_skin(scene: Scene, lesions: Sequence[Lesion], flush: float) -> np.ndarray:
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
    return albedo * light_in.diffuse + light_in.specular * (gloss * (0.62 / _exposure(who) ** 0.7))[:, None]


def _exposure(who: Identity) -> float:
    """Phones expose for the face, but only part of the way."""
    return float(np.clip((0.43 / tone(who.ita).mean()) ** 0.38, 0.9, 2.0))


def _develop(linear: np.ndarray) -> np.ndarray:
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
    exposed = np.where(person, exposed * _exposure(scene.who), exposed)
    srgb = np.clip(_develop(exposed), 0, 1)
    framed = _frame(srgb, camera, shot)
    rng = np.random.default_rng([shot.seed, 51])
    if shot.blur_px:
        framed = ndimage.gaussian_filter(framed, (shot.blur_px, shot.blur_px, 0))
    grain = ndimage.gaussian_filter(rng.standard_normal(framed.shape), (0.6, 0.6, 0)) * 1.8
    framed = framed + shot.noise * grain * (1.3 - framed)
    pixels = (np.clip(framed, 0, 1) * 255 + 0.5).astype(np.uint8)
    return Photo(pixels, tuple(_seen_lesions(scene, lesions, shot)))


def _frame(srgb: np.ndarray, camera: Camera, shot: Shot) -> np.ndarray:
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


def _to_photo(points: np.ndarray, camera: Camera, shot: Shot) -> np.ndarray:
    """Camera pixels [N, 2] to pixels of the framed photo."""
    centre = np.array([camera.width, camera.height]) / 2
    a = np.radians(shot.tilt_degrees)
    turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    p = (points - centre) @ turn.T + centre
    zoom = MARGIN * shot.zoom
    size = np.array([camera.width, camera.height])
    corner = np.clip((size - size / zoom) / 2 - np.asarray(shot.shift_px), 0, size - size / zoom)
    return (p - corner) * zoom


def _seen_lesions(scene: Scene, lesions: Sequence[Lesion], shot: Shot) -> list[Drawn]:
    """Lesions facing the camera, unhidden and wholly in the picture."""
    surface, camera = scene.surface, scene.surface.camera
    h, w = surface.seen.shape
    out = []
    for lesion in lesions:
        if lesion.kind not in CLASSES:
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
        x0, y0, x1, y1 = *rim.min(axis=0), *rim.max(axis=0)
        if x0 < 0 or y0 < 0 or x1 > camera.width or y1 > camera.height:
            continue
        out.append(Drawn(lesion, (float(x0), float(y0), float(x1), float(y1))))
    return out
