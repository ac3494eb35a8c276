"""Patients with a history that the built-in model assessed on their phones, and a newer model that is released."""

import io
import json
from datetime import date, timedelta

import pytest
from PIL import Image, ImageDraw

from mobile_models.bundle import RELEASED, Bundle
from server.delivery.publishing import publish
from server.reassessment.running import reassess
from server.running.demo.files import CLINIC_DIR

NEW = "0.9.0"


@pytest.fixture(scope="session")
def old():
    """The built-in model, as assessments name it."""
    bundle = Bundle.open()
    return {"id": bundle.id, "version": bundle.version, "sha256": bundle.model_sha256}


@pytest.fixture
def face():
    """Draws a few spots on a rendered face, one more for each number; as a JPEG."""

    front = sorted(CLINIC_DIR.rglob("*front*"))[0]
    with Image.open(front) as photo:
        rendered = photo.convert("RGB").resize((480, 640))

    def draw(number=0):
        image = rendered.copy()
        pen = ImageDraw.Draw(image)
        for spot in range(3 + number):
            x, y = 180 + 37 * (spot % 4), 290 + 31 * (spot % 5)
            pen.ellipse((x, y, x + 6, y + 6), fill=(170, 70, 70))
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=90)
        return buffer.getvalue()

    return draw


@pytest.fixture
def history(face, visit_row, photo_row, assessed, old):
    """Gives a patient weekly visits, photographed, assessed by their phone, and uploaded except in the weeks named."""

    def live(patient, weeks=3, kept_on_phone=(), model=old):
        for week in range(weeks):
            visit_id, photo_id, data = f"visit-{week:04}", f"photo-{week:04}", face(week)
            moment = f"{date(2026, 1, 5) + timedelta(weeks=week)}T08:30:00+01:00"
            result = assessed(papules=30 - 8 * week, model=model)
            row = {"visit_id": visit_id, "recorded_at": moment, "result": json.dumps(result)}
            named = {f"model_{name}": value for name, value in model.items()}
            rejected = patient.push(
                visits=[visit_row(visit_id, recorded_at=moment)],
                photos=[photo_row(data, photo_id, visit_id=visit_id, width_px=480, height_px=640)],
                assessments=[{"id": f"phone-{week:04}", **row, **named}],
            )
            assert rejected == []
            if week not in kept_on_phone:
                sent = patient.put(f"{patient.timeline}/photos/{photo_id}", data=data, content_type="image/jpeg")
                assert sent.status_code == 204, sent.json

    return live


@pytest.fixture
def inside(app):
    with app.app_context():
        yield


@pytest.fixture
def release_new(inside, make_bundle):
    """Publishes a version with the released weights: `release_new("0.9.0", rollout=100)`."""

    def release(version=NEW, rollout=100):
        names = ("lesions.float32.tflite", "face.tflite", "labels.txt")
        files = {name: (RELEASED / name).read_bytes() for name in names}
        publish(make_bundle(version, files), rollout)

    return release


@pytest.fixture
def finish(inside):
    """Assesses again all that waits and returns the last tally."""

    def run():
        *_, last = reassess()
        return last

    return run
