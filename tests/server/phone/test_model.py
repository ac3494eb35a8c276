"""Without an account the app gets what it counts with, and nothing else of the bundle."""

import hashlib
from dataclasses import replace

import pytest

from mobile_models.bundle import RELEASED
from server.delivery.models import ModelRelease
from server.foundation import db

SERVED = ("manifest.json", "manifest.sig", "lesions.dynamic.tflite", "face.tflite")


@pytest.mark.parametrize("name", SERVED)
def test_its_files_come_as_they_were_released(ask, name):
    answer = ask(f"model/{name}")
    assert answer.data == (RELEASED / name).read_bytes()
    assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.data).hexdigest()}"'
    assert answer.headers["Cache-Control"] == "no-cache"
    assert ask(f"model/{name}", **{"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "name", ["lesions.safetensors", "lesions.int8.tflite", "MODEL_CARD.md", "golden/index.json", "x"]
)
def test_nothing_else_of_the_bundle_is_handed_out(ask, name):
    assert ask(f"model/{name}").status_code == 404


def test_a_withdrawn_model_is_not_handed_out(app, clock, ask):
    version = ask("model/manifest.json").json["version"]
    with app.app_context(), db.write() as session:
        session.add(
            ModelRelease(line="lesions", version=version, rollout_percent=0, blocked=True, published_at=clock.now())
        )
    answer = ask("model/manifest.json")
    assert (answer.status_code, answer.json["code"]) == (410, "model_blocked")


def test_a_server_without_its_model_says_so(app, ask, tmp_path):
    app.extensions["acnetrack.config"] = replace(app.extensions["acnetrack.config"], models_dir=tmp_path)
    answer = ask("model/manifest.json")
    assert (answer.status_code, answer.json["code"]) == (503, "model_missing")
