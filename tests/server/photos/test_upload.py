"""A photo's bytes come after its record, whole, and only if they are those of the record."""

import base64
import hashlib
import io

import numpy as np
import pytest
from PIL import Image

from server.foundation import db
from server.photos.store import LocalPhotoStore
from server.timeline.models import Photo


def encoded(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.fixture
def gradient():
    return Image.linear_gradient("L").resize((96, 128)).convert("RGB")


@pytest.fixture
def upload(patient, visit_row, photo_row):
    """Pushes a photo's record and sends its bytes."""

    def send(data, media_type="image/jpeg", headers=None, **columns):
        row = photo_row(data, media_type=media_type, **columns)
        assert patient.push(visits=[visit_row()], photos=[row]) == []
        path = f"{patient.timeline}/photos/photo-0001"
        return patient.put(path, data=data, content_type=media_type, headers=headers or {})

    return send


@pytest.fixture
def stored(patient):
    return lambda: patient.get(f"{patient.timeline}/photos/photo-0001")


def test_an_uploaded_photo_is_downloaded_by_its_owner(upload, stored, jpeg):
    assert upload(jpeg).status_code == 204
    photo = stored()
    assert (photo.status_code, photo.mimetype) == (200, "image/jpeg")
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(photo.data))), np.asarray(Image.open(io.BytesIO(jpeg))))


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("WEBP", "image/webp"), ("JPEG", "image/jpeg")])
def test_each_format_is_taken(upload, stored, gradient, kind, media_type):
    assert upload(encoded(gradient, kind), media_type).status_code == 204
    assert stored().mimetype == media_type


def test_an_upload_is_told_to_every_device(patient, upload, jpeg):
    upload(jpeg)
    (row,) = patient.pull()["changes"]["photos"]["updated"]
    assert row["uploaded"] is True
    assert row["sha256"] == hashlib.sha256(jpeg).hexdigest()


def test_the_same_upload_again_changes_nothing(patient, upload, jpeg):
    upload(jpeg)
    head = patient.pull()["timestamp"]
    assert upload(jpeg).status_code == 204
    assert patient.pull()["timestamp"] == head


@pytest.mark.parametrize("before", [True, False])
def test_other_content_for_the_same_id_is_409(patient, upload, stored, jpeg, gradient, before):
    other = encoded(gradient.rotate(180), "JPEG")
    if before:
        upload(jpeg)
    else:
        upload(jpeg[:-2])  # only the record arrives
    path = f"{patient.timeline}/photos/photo-0001"
    answer = patient.put(path, data=other, content_type="image/jpeg")
    assert (answer.status_code, answer.json["code"]) == (409, "photo_differs")
    assert stored().status_code == (200 if before else 404)


def digest(data):
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"


@pytest.mark.parametrize("other", ["", "sha-512=:AAAA:, ", "md5=:AAAA:,"])
def test_a_right_digest_is_accepted_beside_any_other(upload, jpeg, other):
    assert upload(jpeg, headers={"Content-Digest": other + digest(jpeg)}).status_code == 204


@pytest.mark.parametrize("wrong", [digest(b"other"), "sha-256=:AAAA:", "sha-256=", "sha-256=abc"])
def test_a_wrong_or_broken_digest_is_400(upload, stored, jpeg, wrong):
    answer = upload(jpeg, headers={"Content-Digest": wrong})
    assert (answer.status_code, answer.json["code"]) == (400, "digest_mismatch")
    assert stored().json["code"] == "photo_not_uploaded"


def test_a_download_carries_the_digest_of_what_is_stored(upload, stored, jpeg):
    upload(jpeg)
    assert stored().headers["Content-Digest"] == digest(stored().data)


def animated(kind):
    frames = [Image.new("RGB", (96, 128), (shade, 0, 0)) for shade in (0, 128)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


REFUSED = [
    (b"", "image/jpeg", 422, "photo_empty"),
    (b"not a photo at all", "image/jpeg", 415, "photo_wrong_type"),
    (animated("PNG"), "image/png", 422, "photo_animated"),
    (animated("WEBP"), "image/webp", 422, "photo_animated"),
    (encoded(Image.new("RGB", (1, 1)), "PNG"), "image/png", 422, "photo_too_small"),
    (encoded(Image.new("1", (20_000, 10_000)), "PNG"), "image/png", 413, "photo_too_large"),
    (encoded(Image.new("1", (30_000, 10_000)), "PNG"), "image/png", 413, "photo_too_large"),
    (encoded(Image.new("P", (96, 128)), "GIF"), "image/jpeg", 415, "photo_wrong_type"),
    (encoded(Image.new("RGB", (96, 128)), "PNG"), "image/jpeg", 415, "media_type_mismatch"),
]


@pytest.mark.parametrize(("data", "media_type", "status", "code"), REFUSED)
def test_what_is_no_still_photo_is_refused_and_not_kept(upload, stored, data, media_type, status, code):
    answer = upload(data, media_type)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert stored().json["code"] == "photo_not_uploaded"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.5, 0.9, -1])
def test_a_truncated_photo_is_refused(upload, stored, gradient, kind, share):
    whole = encoded(gradient.effect_spread(20), kind)
    data = whole[: share if share < 0 else int(share * len(whole))]
    answer = upload(data, f"image/{kind.lower()}")
    assert (answer.status_code, answer.json["code"]) == (422, "photo_truncated")
    assert stored().json["code"] == "photo_not_uploaded"


def test_a_declared_type_that_is_not_the_records_is_415(patient, upload, jpeg):
    upload(jpeg)
    path = f"{patient.timeline}/photos/photo-0001"
    answer = patient.put(path, data=jpeg, content_type="image/png")
    assert (answer.status_code, answer.json["code"]) == (415, "media_type_mismatch")


def test_a_record_with_another_size_than_the_photo_is_409(upload, jpeg):
    answer = upload(jpeg, width_px=128, height_px=96)
    assert (answer.status_code, answer.json["code"]) == (409, "photo_size_differs")
    assert "96 × 128" in answer.json["detail"]


def test_an_oversized_photo_is_413(patient, upload, config):
    answer = upload(b"\xff\xd8\xff" + bytes(config.photo_max_bytes))
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")


def test_a_photo_larger_than_other_requests_may_be_is_taken(upload, config):
    noise = np.random.default_rng(1).integers(0, 256, (1400, 2100, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), "PNG")
    assert config.request_max_bytes < len(data) < config.photo_max_bytes
    assert upload(data, "image/png", width_px=2100, height_px=1400).status_code == 204


def test_a_photo_without_a_record_is_404(patient, jpeg):
    path = f"{patient.timeline}/photos/photo-0001"
    for answer in (patient.put(path, data=jpeg, content_type="image/jpeg"), patient.get(path)):
        assert (answer.status_code, answer.json["code"]) == (404, "photo_unknown")


def test_a_deleted_photo_is_gone_with_its_bytes(patient, upload, stored, jpeg, config):
    upload(jpeg)
    assert len(list(config.photo_dir.rglob("*/*"))) == 1
    patient.send({"visits": {"deleted": ["visit-0001"]}})
    assert list(config.photo_dir.rglob("*/*")) == []
    path = f"{patient.timeline}/photos/photo-0001"
    for answer in (stored(), patient.put(path, data=jpeg, content_type="image/jpeg")):
        assert (answer.status_code, answer.json["code"]) == (410, "gone")


class FaultyStore(LocalPhotoStore):
    """A store whose disk fails, before or after the bytes are there."""

    def __init__(self, folder, written):
        super().__init__(folder)
        self.written = written

    def put(self, key, data):
        if self.written:
            super().put(key, data)
        raise OSError("disk failure")


@pytest.mark.parametrize("written", [False, True])
def test_a_disk_that_fails_leaves_nothing_half_uploaded(app, config, upload, stored, jpeg, written):
    whole = app.extensions["acnetrack.photos"]
    app.extensions["acnetrack.photos"] = FaultyStore(config.photo_dir, written)
    app.testing = False
    assert upload(jpeg).status_code == 500
    assert stored().json["code"] == "photo_not_uploaded"
    app.extensions["acnetrack.photos"] = whole
    assert upload(jpeg).status_code == 204
    assert stored().status_code == 200


def test_bytes_that_are_lost_are_an_error_of_the_server_without_a_trace(app, upload, stored, jpeg, config):
    upload(jpeg)
    next(config.photo_dir.rglob("*/*")).unlink()
    app.testing = False
    answer = stored()
    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")


def test_a_photo_row_is_written_by_the_server_not_the_device(app, upload, jpeg):
    upload(jpeg)
    with app.app_context():
        assert db.session().query(Photo).one().device_id is None
