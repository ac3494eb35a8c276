import hashlib
import io
import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from training.synthetic.clinic import build_patient_scene, encode, lesions_of, render_visit
from training.synthetic.patients import PATIENTS

pytestmark = pytest.mark.slow

CLINIC = Path(__file__).parents[3] / "server" / "running" / "demo" / "clinic"
INDEX = json.loads((CLINIC / "clinic.json").read_text())


def _decoded(data):
    with Image.open(io.BytesIO(data)) as photo:
        return np.asarray(photo.convert("RGB")).astype(int)


@pytest.mark.parametrize(("slug", "view", "number"), [("ada-example", "left", 5), ("chidi-demo", "front", 3)])
def test_a_stored_photo_is_what_its_seed_renders(slug, view, number):
    patient = next(p for p in PATIENTS if p.slug == slug)
    photo = render_visit(patient, build_patient_scene(patient, view), view, number, lesions_of(patient)[number])
    stored = (CLINIC / slug / f"{number:02d}-{view}.webp").read_bytes()
    assert np.abs(_decoded(encode(photo.pixels)) - _decoded(stored)).max() <= 2


def test_every_photo_is_in_the_index_with_its_hash_and_size():
    listed = {p["file"]: p for patient in INDEX["patients"] for v in patient["visits"] for p in v["photos"]}
    assert {str(f.relative_to(CLINIC)) for f in CLINIC.rglob("*.webp")} == set(listed)
    for name, photo in listed.items():
        data = (CLINIC / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == photo["sha256"]
        with Image.open(io.BytesIO(data)) as image:
            assert image.size == (photo["width"], photo["height"]) == (600, 800)


def test_the_clinic_has_eight_patients_with_eight_to_sixteen_visits_in_the_past():
    assert len(INDEX["patients"]) == 8
    for patient in INDEX["patients"]:
        assert 8 <= len(patient["visits"]) <= 16
        last = date.fromisoformat(patient["first_date"]) + timedelta(days=patient["visits"][-1]["day"])
        assert date(2026, 11, 1) < last < date(2026, 11, 21)
        views = {tuple(p["view"] for p in v["photos"]) for v in patient["visits"]}
        assert views == ({("front", "left", "right")} if patient["slug"] == "ada-example" else {("front",)})


def test_the_stories_are_told_by_the_lesions_that_were_rendered():
    def inflamed(slug):
        patient = next(p for p in INDEX["patients"] if p["slug"] == slug)
        return [v["rendered"]["papule"] + v["rendered"]["pustule"] + v["rendered"]["nodule"] for v in patient["visits"]]

    ada, ben, dora, emil = (inflamed(s) for s in ("ada-example", "ben-sample", "dora-placeholder", "emil-testcase"))
    assert ada[-1] < 0.25 * ada[0]
    assert min(ben[4:7]) > 0.5 * ben[0] and ben[-1] < 0.6 * ben[0]
    assert dora[-1] > 0.7 * dora[0]
    assert min(emil) < 0.35 * emil[0] and emil[-1] > 2 * min(emil)
    gil = next(p for p in INDEX["patients"] if p["slug"] == "gil-specimen")
    assert gil["visits"][0]["rendered"]["nodule"] >= 3


def test_all_photos_together_stay_small():
    assert sum(f.stat().st_size for f in CLINIC.rglob("*.webp")) < 7.5e6
