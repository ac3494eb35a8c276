"""Photos are assessed for whoever is signed in, exactly as on a phone, and nothing of them stays."""

import io
import json
import logging
import tempfile
import threading
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import func, select

from mobile_models.assess import assess
from mobile_models.assessment import Capture
from mobile_models.bundle import Bundle
from mobile_models.detector import Detector
from mobile_models.image import read_photo
from server.application.factory import create_app
from server.assessing import detectors
from server.assessing.sent_photos import FORM_BYTES
from server.foundation import db
from server.timeline.assessment_schema import validate_result
from tests.server.photos.test_upload import REFUSED


@pytest.fixture(scope="module")
def on_phone():
    """What a phone with the released bundle says of the same photos."""
    detector = Detector(Bundle.open())

    def say(guided, **photos):
        captures = [Capture(view, read_photo(data), view, guided) for view, data in photos.items()]
        return json.loads(json.dumps(assess(captures, detector).visit_json()))

    return say


def test_one_photo_is_assessed_as_on_a_phone(ask, face, on_phone):
    answer = ask(front=face())
    assert answer.status_code == 200, answer.json
    assert answer.json == on_phone(False, front=face())
    validate_result(answer.text)


def test_three_photos_are_one_visit(ask, face, on_phone):
    photos = {"front": face(8), "left": face(4, "PNG"), "right": face(3, "WEBP")}
    answer = ask(**photos, guided="true")
    assert answer.json == on_phone(True, **photos)
    assert [photo["photo"] for photo in answer.json["photos"]] == list(photos)
    validate_result(answer.text)


def test_three_photos_as_large_as_cameras_take_them_are_assessed(ask):
    noise = np.random.default_rng(3).integers(0, 256, (1500, 1100, 3), dtype=np.uint8)
    photo = io.BytesIO()
    Image.fromarray(noise).save(photo, "PNG")
    assert len(photo.getvalue()) > 2**22
    answer = ask(**dict.fromkeys(("front", "left", "right"), photo.getvalue()), guided="true")
    assert answer.status_code == 200, answer.json


def test_the_answer_can_be_pushed_as_it_is(ask, face, patient, visit_row):
    answer = ask(front=face())
    model = {f"model_{name}": value for name, value in answer.json["model"].items()}
    row = {"id": "assess-0001", "visit_id": "visit-0001", "recorded_at": "2026-03-01T08:31:00+01:00", **model}
    assert patient.push(visits=[visit_row()], assessments=[{**row, "result": answer.text}]) == []


@pytest.mark.parametrize("role", ["dermatologist", "guardian"])
def test_everybody_who_is_signed_in_may_ask(ask, face, person, role):
    assert ask(person(role), front=face()).status_code == 200


def test_a_child_without_consent_is_told_so_before_a_photo_is_read(person, face, ask):
    answer = ask(person("patient", born_on="2013-03-03", country="DE"), front=face())
    assert (answer.status_code, answer.json["code"]) == (403, "consent_required")


def counted(app):
    with app.app_context():
        session = db.session()
        return {
            name: session.scalar(select(func.count()).select_from(t)) for name, t in db.Base.metadata.tables.items()
        }


def test_nothing_of_it_stays(app, config, patient, ask, face, tmp_path, caplog, monkeypatch):
    opened = []
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **arguments: opened.append(arguments) or io.BytesIO())
    patient.get("/v1/account")  # A token's last use is written once a while.
    rows, files = counted(app), sorted(path for path in tmp_path.rglob("*"))
    secret = b"<secret of this photo>"
    photo = face(kind="JPEG") + secret + bytes(2**20)
    with caplog.at_level(logging.DEBUG):
        assert ask(front=photo).status_code == 200
        assert ask(front=photo[:500], guided="false").status_code == 422
    assert counted(app) == rows
    assert sorted(path for path in tmp_path.rglob("*")) == files
    assert not opened
    everything = b"".join(path.read_bytes() for path in files if path.is_file())
    assert secret not in everything and photo[2000:2100] not in everything and b"IMG-front" not in everything
    logged = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert logged and "IMG-front" not in logged and "secret of this" not in logged and "lesions" not in logged


@pytest.mark.parametrize(("data", "status", "code"), [(data, status, code) for data, _, status, code in REFUSED[:-1]])
def test_a_photo_that_cannot_be_assessed_is_refused_as_on_upload_and_named(ask, face, data, status, code):
    answer = ask(front=face(), left=data, guided="true")
    assert (answer.status_code, answer.json["code"], answer.json["view"]) == (status, code, "left")


FORMS = [
    ({}, "visit_malformed", "no photo"),
    ({"guided": "true"}, "visit_malformed", "no photo"),
    ({"front": b"1", "left": b"2"}, "visit_malformed", "guided=true"),
    ({"front": b"1", "guided": "yes"}, "invalid", "guided"),
    ({"front": b"1", "guided": ""}, "invalid", "guided"),
    ({"photo": b"1"}, "invalid", "photo"),
    ({"front": b"1", "above": b"2"}, "invalid", "above"),
    ({"front": b"1", "note": "dry"}, "invalid", "note"),
    ({"front": "not a file"}, "invalid", "front"),
]


@pytest.mark.parametrize(("parts", "code", "named"), FORMS)
def test_a_form_that_makes_no_visit_is_422_and_says_why(ask, parts, code, named):
    answer = ask(**parts)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert named in answer.json["detail"] or named in answer.json["errors"]["form"]


def test_one_view_twice_is_422(patient, face):
    twice = [(io.BytesIO(face()), "a.jpg"), (io.BytesIO(face()), "b.jpg")]
    answer = patient.post("/v1/assessments", data={"front": twice}, content_type="multipart/form-data")
    assert (answer.status_code, answer.json["code"]) == (422, "visit_malformed")
    assert "two photos of the front" in answer.json["detail"]


@pytest.mark.parametrize("content_type", [None, "image/jpeg", "application/json", "application/x-www-form-urlencoded"])
def test_another_body_than_such_a_form_is_415(patient, face, content_type):
    answer = patient.post("/v1/assessments", data=face(), content_type=content_type)
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")
    assert answer.json["accepted"] == ["multipart/form-data"]


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=other"])
def test_a_form_without_its_boundary_is_400(patient, face, content_type):
    answer = patient.post("/v1/assessments", data=face(), content_type=content_type)
    assert (answer.status_code, answer.json["code"]) == (400, "malformed")


def test_more_bytes_than_photos_have_are_413(ask, config):
    answer = ask(front=bytes(config.photo_max_bytes + 1))
    assert (answer.status_code, answer.json["code"], answer.json["view"]) == (413, "too_large", "front")
    answer = ask(front=bytes(3 * config.photo_max_bytes + FORM_BYTES))
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    answer = ask(front=b"1", guided="x" * (FORM_BYTES + 1))
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")


def test_without_a_model_the_answer_says_so(app, ask, face, config, tmp_path, make_bundle):
    object.__setattr__(config, "models_dir", tmp_path / "nothing")
    answer = ask(front=face())
    assert (answer.status_code, answer.json["code"]) == (503, "model_missing")
    object.__setattr__(config, "models_dir", make_bundle("1.2.0"))  # Its model is no model.
    answer = ask(front=face())
    assert (answer.status_code, answer.json["code"]) == (503, "model_missing")


def test_many_at_once_are_each_assessed_by_one_detector_in_turn(app, patient, face, on_phone, monkeypatch):
    loaded = []
    monkeypatch.setattr(detectors, "Detector", lambda bundle: loaded.append(bundle) or Detector(bundle))
    detectors._loaded.cache_clear()
    answers = {}

    def send(spots):
        form = {"front": (io.BytesIO(face(spots)), "a.jpg")}
        headers = {"Authorization": f"Bearer {patient.token}"}
        answers[spots] = app.test_client().post("/v1/assessments", data=form, headers=headers).json

    threads = [threading.Thread(target=send, args=(spots,)) for spots in (0, 3, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loaded) == 1
    assert all(answers[spots] == on_phone(False, front=face(spots)) for spots in (0, 3, 6))


def test_who_waits_too_long_for_the_model_is_told_to_come_back(ask, face, monkeypatch):
    monkeypatch.setattr(detectors, "WAITED_SECONDS", 0)
    with detectors._one_at_a_time:
        answer = ask(front=face())
    assert (answer.status_code, answer.json["code"]) == (503, "busy")
    assert answer.headers["Retry-After"]
    assert ask(front=face()).status_code == 200


def test_a_device_asks_120_times_an_hour(config, clock, client, patient):
    app = create_app(replace(config, rate_limits="on"), clock)
    asking, headers = app.test_client(), {"Authorization": f"Bearer {patient.token}"}
    answers = [asking.post("/v1/assessments", headers=headers).status_code for _ in range(121)]
    app.extensions["acnetrack.engine"].dispose()
    assert answers == [415] * 120 + [429]


def test_the_document_says_what_is_sent(client):
    described = client.get("/openapi.json").json["paths"]["/v1/assessments"]["post"]
    form = described["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert set(form["properties"]) == {"front", "left", "right", "guided"}
    assert described["security"] == [{"token": []}]
    assert {"200", "401"} <= described["responses"].keys()
