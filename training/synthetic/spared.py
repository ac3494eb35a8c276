"""Skin that is taken for acne and is none: freckles, naevi, stubble, melasma, marks, scars, flushing, pores, hair.

A condition changes a person's skin, adds harmless spots to it, and draws strokes on it; its labels stay exact, for
none of that is a lesion. Half of the photos carry acne as well, so that a lesion is told from a spot beside it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from mobile_models.zones import FRONT
from training.array import Array
from training.synthetic import strands
from training.synthetic.acne import sample_acne, scatter
from training.synthetic.camera import MARGIN, guided_camera
from training.synthetic.field import bump, ramp
from training.synthetic.identity import HAIR_COLOURS, Identity, sample_identity
from training.synthetic.light import sample_light
from training.synthetic.photos import close_up_camera, hand_held
from training.synthetic.render import Photo, photograph, sample_shot
from training.synthetic.scene import Scene, build_scene
from training.synthetic.sites import Sites, find_sites
from training.synthetic.skin import complexion, tone
from training.synthetic.surface import Surface

TONES_ITA = tuple(float(tone) for tone in np.linspace(62, -62, 10))
"""Ten skin tones in even steps over what the renderer can draw, in degrees; they stand for the Monk scale's ten."""

Stroke = tuple[Array, Array]


@dataclasses.dataclass(frozen=True)
class Condition:
    """What one condition changes.

    Attributes:
        skin: Attributes of ``Identity`` and the ranges they are drawn from.
        spots: Kinds of harmless spots and the range of how many there are.
        pores: Factor on the depth of pores.
        strokes: What is drawn on the skin, if anything.
    """

    skin: dict[str, tuple[float, float]] = dataclasses.field(default_factory=dict)
    spots: dict[str, tuple[int, int]] = dataclasses.field(default_factory=dict)
    pores: float = 1.0
    strokes: Callable[[Scene, np.random.Generator], tuple[Stroke, ...]] | None = None


def _walks(
    surface: Surface, weight: Array, toward: Array, count: int, steps: int, step_mm: float, stray: float,
    rng: np.random.Generator,
) -> Array:  # fmt: skip
    """Return lines [N, steps + 1, 3] along the skin towards ``toward`` [3] from pixels drawn by ``weight`` [H, W]."""
    place = rng.choice(weight.size, count, p=(weight / weight.sum()).ravel())
    row, col = np.unravel_index(place, weight.shape)
    at, normal = surface.position[row, col].astype(float), surface.normal[row, col].astype(float)
    line, heading = [at], toward + rng.normal(0, stray, (count, 3))
    for _ in range(steps):
        heading = heading + rng.normal(0, stray, (count, 3)) * 0.5
        along = heading - normal * np.einsum("ij,ij->i", heading, normal)[:, None]
        at = at + step_mm * along / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-6)
        line.append(at)
    return np.stack(line, axis=1)


def _on_skin(scene: Scene, values: Array) -> Array:
    """Spread one value a skin pixel over the picture, [H, W], zero elsewhere."""
    whole = np.zeros(scene.index.shape, np.float64)
    whole[scene.index >= 0] = values
    return whole + 1e-12


def _stubble(scene: Scene, rng: np.random.Generator) -> tuple[Stroke, ...]:
    beard = complexion(dataclasses.replace(scene.who, beard=1.0), scene.surface).stubble
    step_mm = float(rng.choice([0.3, 0.5, 1.6], p=[0.45, 0.35, 0.2]))
    count = int(rng.uniform(1500, 5000))
    hairs = _walks(scene.surface, _on_skin(scene, beard), np.array([0, -1.0, 0.1]), count, 3, step_mm, 0.5, rng)
    colour = np.asarray(HAIR_COLOURS[scene.who.hair_colour], np.float32) * 0.8
    return ((float(rng.uniform(0.6, 0.95)) * strands.draw(scene.surface, hairs, 0.16), colour),)


def _vessels(scene: Scene, rng: np.random.Generator) -> tuple[Stroke, ...]:
    p = scene.surface.position
    cheeks = bump((np.abs(p[..., 0]) - 38) ** 2 + (p[..., 1] + 32) ** 2, 16) + bump(
        p[..., 0] ** 2 + (p[..., 1] + 38) ** 2, 12
    )
    weight = (cheeks + 1e-9) * (scene.index >= 0)
    lines = _walks(scene.surface, weight, np.zeros(3), int(rng.uniform(25, 120)), 7, 0.9, 1.0, rng)
    colour = tone(scene.who.ita) * np.array([0.75, 0.25, 0.30], np.float32)
    return ((float(rng.uniform(0.2, 0.5)) * strands.draw(scene.surface, lines, 0.16), colour),)


def _loose_hair(scene: Scene, rng: np.random.Generator) -> tuple[Stroke, ...]:
    y = scene.surface.position[..., 1]
    weight = (ramp(y, 10, 55) + 1e-9) * (scene.index >= 0)
    toward = np.array([rng.normal(0, 0.5), -1.0, 0.0])
    lines = _walks(scene.surface, weight, toward, int(rng.uniform(4, 25)), 12, 4.0, 0.12, rng)
    colour = np.asarray(HAIR_COLOURS[scene.who.hair_colour], np.float32)
    return ((0.85 * strands.draw(scene.surface, lines, 0.2), colour),)


CONDITIONS = {
    "clear": Condition(),
    "freckles": Condition({"freckles": (0.3, 1.4)}, {"freckle": (60, 260)}),
    "naevi": Condition({}, {"naevus": (6, 40)}),
    "stubble": Condition({"beard": (0.1, 1.0)}, strokes=_stubble),
    "melasma": Condition({}, {"melasma": (5, 14)}),
    "marks": Condition({}, {"mark": (5, 20), "stain": (15, 50)}),
    "scars": Condition({}, {"scar": (15, 70)}),
    "flushing": Condition({"redness": (2.0, 5.0)}, {"flush": (4, 10)}, strokes=_vessels),
    "pores": Condition({"oiliness": (0.8, 1.4)}, pores=2.6),
    "loose hair": Condition({}, strokes=_loose_hair),
}


def dressed(scene: Scene, names: list[str], ita: float, rng: np.random.Generator) -> Scene:
    """Return the scene with these conditions' skin, pores and strokes; the head and the light stay."""
    who = dataclasses.replace(scene.who, ita=ita, freckles=0.0, beard=0.0)
    for name in names:
        ranges = CONDITIONS[name].skin
        drawn: dict[str, Any] = {key: float(rng.uniform(*bounds)) for key, bounds in ranges.items()}
        who = dataclasses.replace(who, **drawn)
    depth = float(np.prod([CONDITIONS[name].pores for name in names]))
    skin = complexion(who, scene.surface)
    skin = dataclasses.replace(skin, pore=skin.pore * depth, slope=skin.slope * depth)
    scene = dataclasses.replace(scene, who=who, skin=skin)
    strokes = [stroke for name in names if (draws := CONDITIONS[name].strokes) for stroke in draws(scene, rng)]
    return dataclasses.replace(scene, strokes=(*scene.strokes, *strokes))


def spared_person(seed: int, wanted: set[int]) -> Iterator[tuple[int, Identity, str, float, Photo]]:
    """Yield the ``wanted`` ones (0 … 8) of a person's photos: five fronts, four close-ups, a condition or two each."""
    rng = np.random.default_rng([seed, 71])
    who = sample_identity(seed, hair_colour=str(rng.choice(["black", "dark brown"])))
    sites, light = find_sites(who), sample_light(rng)
    first = 0
    for view, camera, repeats in ((FRONT, guided_camera(FRONT, margin=MARGIN), 5), ("close", None, 4)):
        camera = hand_held(camera or close_up_camera(sites, rng), rng)
        scene = None
        numbers, first = range(first, first + repeats), first + repeats
        for number in sorted(wanted.intersection(numbers)):
            scene = scene or build_scene(who, camera, light, oversampling=1.5)
            own = np.random.default_rng([seed, 72, number])
            own_scene, photo = spared_photo(scene, sites, number, own)
            yield number, own_scene.who, view, camera.px_per_mm * MARGIN, photo


def spared_photo(scene: Scene, sites: Sites, number: int, rng: np.random.Generator) -> tuple[Scene, Photo]:
    """Photograph one dressed scene, with acne on it every other time."""
    names = [str(name) for name in rng.choice(list(CONDITIONS), int(rng.choice([1, 2])), replace=False)]
    scene = dressed(scene, names, TONES_ITA[(scene.who.seed + number) % len(TONES_ITA)], rng)
    kinds = [
        kind
        for name in names
        for kind, (least, most) in CONDITIONS[name].spots.items()
        for _ in range(rng.integers(least, most))
    ]
    acne = sample_acne(scene.who, sites, rng) if rng.random() < 0.5 else []
    shot = dataclasses.replace(sample_shot(rng, steady=1.6), noise=float(rng.uniform(0.003, 0.012)))
    return scene, photograph(scene, [*acne, *scatter(sites, kinds, rng, taken=acne)], shot)
