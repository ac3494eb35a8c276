"""The bundle is delivered as its manifest lists it, in part where a phone asks for a part."""

import hashlib
import json
from dataclasses import replace

import pytest

from server.app import create_app

MODEL = b"TFL3" + bytes(range(256)) * 40
LABELS = b"comedo\npapule\n"


@pytest.fixture
def bundle(tmp_path):
    folder = tmp_path / "released"
    folder.mkdir()
    files = {"lesions.float32.tflite": MODEL, "labels.txt": LABELS}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    listed = {name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)} for name, data in files.items()}
    (folder / "manifest.json").write_text(json.dumps({"id": "lesions", "files": listed}))
    (folder / "secret.txt").write_text("listed nowhere")
    return folder


@pytest.fixture
def phone(config, bundle):
    app = create_app(replace(config, models_dir=bundle))
    yield app.test_client()
    app.extensions["acnetrack.engine"].dispose()


def get(phone, path, **headers):
    return phone.get(f"/v1/models/{path}", headers=headers, buffered=True)


def test_the_manifest_comes_once_and_again_only_when_it_changed(phone, bundle):
    first = get(phone, "lesions/manifest")
    assert first.json["id"] == "lesions"
    assert get(phone, "lesions/manifest", **{"If-None-Match": first.headers["ETag"]}).status_code == 304
    (bundle / "manifest.json").write_text('{"files": {}}')
    assert get(phone, "lesions/manifest", **{"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_file_comes_whole_with_its_hash(phone):
    answer = get(phone, "lesions/files/lesions.float32.tflite")
    assert answer.data == MODEL
    assert answer.headers["ETag"] == f'"{hashlib.sha256(MODEL).hexdigest()}"'


def test_a_broken_download_goes_on_where_it_stopped(phone):
    first = get(phone, "lesions/files/lesions.float32.tflite", Range="bytes=0-999")
    ranges = {"Range": "bytes=1000-", "If-Range": first.headers["ETag"]}
    rest = get(phone, "lesions/files/lesions.float32.tflite", **ranges)
    assert (first.status_code, rest.status_code) == (206, 206)
    assert first.data + rest.data == MODEL


def test_a_download_of_a_file_that_changed_starts_anew(phone):
    ranges = {"Range": "bytes=1000-", "If-Range": '"another"'}
    assert get(phone, "lesions/files/lesions.float32.tflite", **ranges).data == MODEL


def test_a_range_behind_the_end_is_416(phone):
    answer = get(phone, "lesions/files/labels.txt", Range="bytes=1000-")
    assert (answer.status_code, answer.json["code"]) == (416, "range_not_satisfiable")


@pytest.mark.parametrize(
    "path",
    [
        "lesions/files/secret.txt",
        "lesions/files/manifest.json",
        "lesions/files/nothing",
        "lesions/files/../../../acnetrack.db",
        "lesions/files/%2e%2e/acnetrack.db",
        "faces/manifest",
        "faces/files/labels.txt",
    ],
)
def test_what_the_manifest_does_not_list_is_404(phone, path):
    answer = get(phone, path)
    assert (answer.status_code, answer.json["code"]) in ((404, "model_unknown"), (404, "not_found"))


@pytest.mark.parametrize("lost", ["manifest.json", "labels.txt"])
def test_a_server_without_its_bundle_says_so(phone, bundle, lost):
    (bundle / lost).unlink()
    answer = get(phone, "lesions/files/labels.txt")
    assert (answer.status_code, answer.json["code"]) == (503, "model_missing")


@pytest.mark.parametrize("text", ["not json", "[]", "{}", '{"files": []}', '{"files": {"labels.txt": 1}}'])
def test_a_server_with_a_corrupt_manifest_says_so(phone, bundle, text):
    (bundle / "manifest.json").write_text(text)
    for path in ("lesions/manifest", "lesions/files/labels.txt"):
        answer = get(phone, path)
        assert (answer.status_code, answer.json["code"]) == (503, "model_missing")


def test_a_file_that_is_not_all_there_is_not_delivered(phone, bundle):
    (bundle / "labels.txt").write_bytes(LABELS[:5])
    assert get(phone, "lesions/files/labels.txt").json["code"] == "model_missing"
