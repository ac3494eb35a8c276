"""The demonstration clinic's photos and their index, rendered from the patients' stories."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from tqdm import tqdm

from mobile_models.lesions import TYPES
from mobile_models.zones import VIEWS
from training.array import Array
from training.synthetic.camera import MARGIN, guided_camera
from training.synthetic.course import careers, on_day
from training.synthetic.lesions import Lesion
from training.synthetic.light import Light
from training.synthetic.patients import PATIENTS, Patient
from training.synthetic.render import Photo, photograph, sample_shot
from training.synthetic.scene import Scene, build_scene
from training.synthetic.sites import find_sites

WEBP_QUALITY = 90
OVERSAMPLING = 1.75


def encode(pixels: Array) -> bytes:
    """WebP bytes as the clinic stores them."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "WEBP", quality=WEBP_QUALITY, method=6)
    return out.getvalue()


def build_patient_scene(patient: Patient, view: str) -> Scene:
    """The patient in front of the clinic's lamp."""
    return build_scene(patient.who, guided_camera(view, margin=MARGIN), Light(), OVERSAMPLING, np.float64)


def render_visit(patient: Patient, scene: Scene, view: str, number: int, lesions: list[Lesion]) -> Photo:
    """One photo of one visit: ``number`` counts visits from 0."""
    rng = np.random.default_rng([patient.who.seed, 81, number, VIEWS.index(view)])
    return photograph(scene, lesions, replace(sample_shot(rng), noise=0.004))


def lesions_of(patient: Patient) -> list[list[Lesion]]:
    """What is on the patient's face at each visit."""
    lives = careers(patient.who, find_sites(patient.who), patient.activity, patient.days[-1])
    return [on_day(lives, day) for day in patient.days]


def _counts(lesions: set[Lesion]) -> dict[str, int]:
    return {c: sum(1 for lesion in lesions if lesion.kind == c) for c in TYPES}


def render_patient(patient: Patient) -> Iterator[tuple[int, str, Photo]]:
    """Every photo of a patient, view by view, as (visit number, view, photo)."""
    visits = lesions_of(patient)
    for view in patient.views:
        scene = build_patient_scene(patient, view)
        for number, lesions in enumerate(visits):
            yield number, view, render_visit(patient, scene, view, number, lesions)


def _entry(patient: Patient, visits: list[dict[str, object]]) -> dict[str, object]:
    return {
        "slug": patient.slug,
        "name": patient.name,
        "age": patient.age,
        "story": patient.story,
        "first_date": patient.first_date,
        "courses": [asdict(c) for c in patient.courses],
        "visits": visits,
    }


def write_clinic(out: Path) -> None:
    """Write ``<slug>/<NN>-<view>.webp`` and ``clinic.json``: stories, courses, photos and rendered counts."""
    patients = []
    with tqdm(total=sum(len(p.days) * len(p.views) for p in PATIENTS), unit="photo") as bar:
        for patient in PATIENTS:
            (out / patient.slug).mkdir(parents=True, exist_ok=True)
            visits: list[dict[str, Any]] = [{"day": day, "photos": [], "rendered": {}} for day in patient.days]
            seen: list[set[Lesion]] = [set() for _ in patient.days]
            for number, view, photo in render_patient(patient):
                data = encode(photo.pixels)
                name = f"{patient.slug}/{number:02d}-{view}.webp"
                (out / name).write_bytes(data)
                height, width, _ = photo.pixels.shape
                shown = {d.lesion for d in photo.lesions}
                seen[number] |= shown
                visits[number]["photos"].append(
                    {
                        "file": name,
                        "view": view,
                        "sha256": hashlib.sha256(data).hexdigest(),
                        "width": width,
                        "height": height,
                        "rendered": _counts(shown),
                    }
                )
                bar.update()
            for visit, lesions in zip(visits, seen, strict=True):
                visit["rendered"] = _counts(lesions)
            patients.append(_entry(patient, visits))
    (out / "clinic.json").write_text(
        json.dumps({"schema": 1, "patients": patients}, indent=1, ensure_ascii=False) + "\n"
    )
