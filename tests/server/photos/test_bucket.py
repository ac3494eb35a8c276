"""The same photos in a bucket: S3 spoken over HTTP with a server process of its own."""

import os
import re
import subprocess
import sys
import threading
import urllib.request
from dataclasses import replace
from datetime import timedelta

import pytest

from server.foundation.config import Config, ConfigError
from server.photos.store import BucketPhotoStore, opened_store
from server.photos.tidying import Untidy, tidy

pytestmark = pytest.mark.both_databases

BUCKET = "photos"


class S3:
    """moto's S3 in a process of its own."""

    def __init__(self):
        command = [sys.executable, "-c", "from moto.server import main; main(['-H', '127.0.0.1', '-p', '0'])"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        output = ""
        while not (address := re.search(r"Running on (http://127\.0\.0\.1:\d+)", output)):
            line = self.process.stderr.readline()
            assert line, output
            output += line
        threading.Thread(target=self.process.stderr.read, daemon=True).start()  # A full pipe would stop it.
        self.url = address[1]
        self.make_bucket()

    def make_bucket(self):
        asked = urllib.request.Request(f"{self.url}/{BUCKET}", method="PUT")
        urllib.request.urlopen(asked).close()

    def empty(self):
        asked = urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")
        urllib.request.urlopen(asked).close()
        self.make_bucket()

    def stop(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def running_s3():
    if subprocess.run([sys.executable, "-c", "import moto.server"], capture_output=True).returncode:
        if os.environ.get("CI"):
            pytest.fail("moto is missing: pip install 'moto[s3,server]'")
        pytest.skip("needs moto[s3,server]")
    server = S3()
    yield server
    server.stop()


@pytest.fixture
def s3(running_s3, monkeypatch):
    """An empty bucket, and where it is by obstore's own variables."""
    running_s3.empty()
    monkeypatch.setenv("AWS_ENDPOINT", running_s3.url)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "clinic")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not a secret")
    return running_s3


@pytest.fixture
def config(config, s3):
    return replace(config, photo_store=f"s3://{BUCKET}/clinic")


@pytest.fixture
def bucket(config):
    return opened_store(config)


@pytest.fixture
def keys(bucket):
    return lambda: [stored.key for stored in bucket.objects()]


@pytest.fixture
def path(patient):
    return f"{patient.timeline}/photos/photo-0001"


@pytest.mark.usefixtures("recorded")
def test_a_photo_is_kept_sealed_in_the_bucket_and_shown_from_there(patient, path, jpeg, bucket, keys, config):
    assert patient.put(path, data=jpeg, content_type="image/jpeg").status_code == 204
    (key,) = keys()
    sealed = bucket.get(key)
    whole = patient.get(path).data
    assert whole.startswith(b"\xff\xd8\xff")
    assert not any(whole[start : start + 16] in sealed for start in range(0, len(whole) - 16, 16))
    assert not config.photo_dir.exists()
    assert patient.send({"photos": {"deleted": ["photo-0001"]}}) == []
    assert keys() == []


@pytest.mark.usefixtures("recorded")
def test_an_upload_in_parts_goes_through_the_bucket(patient, path, uploads, jpeg, keys):
    at = uploads.at(len(jpeg))
    for start in range(0, len(jpeg), 500):
        assert uploads.append(at, start, jpeg[start : start + 500]).status_code == 204
    assert patient.get(path).status_code == 200
    assert len(keys()) == 1


@pytest.mark.usefixtures("recorded")
def test_what_a_crash_left_in_the_bucket_is_removed(app, patient, path, jpeg, bucket, keys, clock):
    patient.put(path, data=jpeg, content_type="image/jpeg")
    bucket.put(f"{patient.timeline_id}/{'0' * 32}", b"left")
    last = max(stored.written_at for stored in bucket.objects())
    with app.app_context():
        clock.instant = last + timedelta(hours=23)
        assert tidy(remove=True) == Untidy()
        clock.instant = last + timedelta(hours=25)
        assert tidy(remove=True) == Untidy(objects=1, object_bytes=4)
    assert len(keys()) == 1


@pytest.mark.usefixtures("recorded")
def test_a_bucket_that_is_away_is_503_and_nothing_is_half_uploaded(app, patient, path, jpeg, monkeypatch, keys):
    whole = app.extensions["acnetrack.photos"]
    monkeypatch.setenv("AWS_ENDPOINT", "http://127.0.0.1:9")
    app.extensions["acnetrack.photos"] = BucketPhotoStore(f"s3://{BUCKET}/clinic")
    answer = patient.put(path, data=jpeg, content_type="image/jpeg")
    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (503, "photo_store_away", "5")
    assert patient.get(path).json["code"] == "photo_not_uploaded"
    app.extensions["acnetrack.photos"] = whole
    assert patient.put(path, data=jpeg, content_type="image/jpeg").status_code == 204
    app.extensions["acnetrack.photos"] = BucketPhotoStore(f"s3://{BUCKET}/clinic")
    assert patient.get(path).json["code"] == "photo_store_away"
    assert patient.send({"photos": {"deleted": ["photo-0001"]}}) == []
    app.extensions["acnetrack.photos"] = whole
    assert len(keys()) == 1


@pytest.mark.usefixtures("s3", "recorded")
def test_a_bucket_that_is_not_there_is_503(app, patient, path, jpeg):
    app.extensions["acnetrack.photos"] = BucketPhotoStore("s3://elsewhere/clinic")
    answer = patient.put(path, data=jpeg, content_type="image/jpeg")
    assert (answer.status_code, answer.json["code"]) == (503, "photo_store_away")


@pytest.mark.usefixtures("s3")
def test_of_a_bucket_only_the_own_prefix_is_seen(bucket):
    other = BucketPhotoStore(f"s3://{BUCKET}/other")
    bucket.put("timeline/one", b"1")
    other.put("timeline/two", b"2")
    assert [stored.key for stored in bucket.objects("timeline")] == ["timeline/one"]
    assert [stored.size_bytes for stored in other.objects()] == [1]
    with pytest.raises(FileNotFoundError):
        bucket.get("timeline/two")
    bucket.delete("timeline/two")
    assert other.get("timeline/two") == b"2"


@pytest.mark.parametrize("url", ["nonsense", "s3://", "file:///tmp/photos", "memory://", "ftp://host/photos"])
def test_a_store_that_is_no_bucket_is_refused_by_the_settings_name(url):
    with pytest.raises(ConfigError, match="ACNETRACK_PHOTO_STORE"):
        opened_store(Config(photo_store=url))
