"""Whole visits: front, left and right of one face with the same lesions, so that each can be followed between views.

A person is ``<name>-<view>.jpg`` and ``<name>.json``: the skin's ITA, and every lesion on the face with the box
that each view shows it in. A lesion that a view does not show has no box there.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from mobile_models.lesions import TYPES
from training.synthetic.acne import sample_acne
from training.synthetic.camera import MARGIN, VIEW_YAW_DEGREES, guided_camera
from training.synthetic.identity import Identity, sample_identity
from training.synthetic.lesions import Lesion
from training.synthetic.light import sample_light
from training.synthetic.photos import hand_held, jpeg
from training.synthetic.render import photograph, sample_shot
from training.synthetic.scene import build_scene
from training.synthetic.sites import find_sites

ITA_DEGREES = (-58.0, 60.0)
"""The darkest and the lightest skin drawn; people are spread evenly between, ends included."""

LESIONS = (12, 70)
"""Fewest and most lesions of a face: one without any could be neither counted twice nor missed."""


def write_views(out: Path, people: int, seed: int, height_px: int = 800) -> None:
    """Render ``people`` visits into ``out``, photos 3:4; people whose table is already there are kept as they are."""
    out.mkdir(parents=True, exist_ok=True)
    tones = np.linspace(*ITA_DEGREES, people)
    for person in tqdm(range(people), unit="person"):
        identity = seed * 100_000 + person
        table = out / f"v{identity:09d}.json"
        if not table.exists():
            who = sample_identity(identity, ita=round(float(tones[person]), 1))
            visit = json.dumps(_render_visit(out, table.stem, who, height_px), indent=1)
            table.write_text(visit + "\n")


def _render_visit(out: Path, name: str, who: Identity, height_px: int) -> dict[str, Any]:
    """Write a person's three photos and return their table."""
    rng = np.random.default_rng([who.seed, 91])
    lesions = sample_acne(who, find_sites(who), rng, int(rng.integers(*LESIONS, endpoint=True)))
    light = sample_light(rng)
    rows = [_row(number, lesion) for number, lesion in enumerate(lesions) if lesion.kind in TYPES]
    row_of = {lesions[row["id"]]: row for row in rows}
    for view in VIEW_YAW_DEGREES:
        camera = hand_held(guided_camera(view, 3 * height_px // 4, height_px, MARGIN), rng)
        shot = replace(sample_shot(rng), noise=float(rng.uniform(0.003, 0.012)))
        photo = photograph(build_scene(who, camera, light, oversampling=1.5), lesions, shot)
        (out / f"{name}-{view}.jpg").write_bytes(jpeg(photo.pixels, 92))
        for drawn in photo.lesions:
            row_of[drawn.lesion]["boxes"][view] = [round(edge, 2) for edge in drawn.box]
    return {"ita": who.ita, "lesions": rows}


def _row(number: int, lesion: Lesion) -> dict[str, Any]:
    return {
        "id": number,
        "type": lesion.kind,
        "zone": lesion.zone,
        "diameter_mm": round(lesion.diameter_mm, 2),
        "boxes": {},
    }
