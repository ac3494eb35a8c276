"""What a photo is said to be: understood under every name that is used, refused by naming those that are taken."""

import base64
import gzip
import os
import shutil
import subprocess

import pytest

from tests.interop.person import PASSWORD, Person
from tests.served import Served

ACCEPTED = ["image/jpeg", "image/png", "image/webp"]
PART = "application/offset+octet-stream"
WRONG = [
    None,
    "",
    "jpeg",
    "image",
    "image/",
    "image/*",
    "image/gif",
    "image/heic",
    "image/jpeg, image/png",
    "application/octet-stream",
    "application/json",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-8",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    PART,
]
ALSO = ["image/jpg", "image/pjpeg", "IMAGE/JPEG", "Image/Jpg", "image/jpeg; charset=binary", ' image/jpeg ; q="1"']


class Unread:
    """A body that fails the test when anything reads it."""

    def read(self, *_):
        raise AssertionError("the body was read")

    readline = readinto = read


@pytest.fixture
def recorded(patient, visit_row, photo_row, jpeg):
    """Pushes the record of `jpeg` under a media type and returns the address of its bytes."""

    def push(media_type="image/jpeg"):
        assert patient.push(visits=[visit_row()], photos=[photo_row(jpeg, media_type=media_type)]) == []
        return f"{patient.timeline}/photos/photo-0001"

    return push


def refused(answer, accepted):
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")
    assert answer.json["accepted"] == accepted
    assert answer.headers["Accept"] == ", ".join(accepted)
    assert all(name in answer.json["detail"] for name in accepted)
    assert "sha256" not in answer.json["detail"]


@pytest.mark.parametrize("media_type", WRONG)
def test_another_type_than_a_photos_is_415_naming_those_that_are_taken(patient, recorded, jpeg, media_type):
    path, headers = recorded(), {} if media_type is None else {"Content-Type": media_type}
    refused(patient.put(path, data=jpeg, headers=headers), ACCEPTED)
    assert patient.get(path).json["code"] == "photo_not_uploaded"


@pytest.mark.parametrize("media_type", WRONG)
def test_no_byte_is_read_of_a_body_of_another_type(patient, recorded, jpeg, media_type):
    environ = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(10**9)}
    headers = {} if media_type is None else {"Content-Type": media_type}
    refused(patient.put(recorded(), headers=headers, environ_overrides=environ), ACCEPTED)


def in_base64(data):
    return base64.b64encode(data)


def in_a_form(data):
    head = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    return head + data + b"\r\n--x--\r\n"


MISTAKEN = {
    "nothing": (lambda data: b"", 422, "photo_empty", "is empty"),
    "gzip that is not said": (gzip.compress, 415, "photo_wrong_type", "compressed with gzip"),
    "a form under the type of its photo": (in_a_form, 415, "photo_wrong_type", "a multipart form"),
    "base64": (in_base64, 415, "photo_wrong_type", "in base64"),
    "a data URL": (lambda data: b"data:image/jpeg;base64," + in_base64(data), 415, "photo_wrong_type", "in base64"),
    "what JavaScript writes of a file": (lambda _: b"[object Object]", 415, "photo_wrong_type", "the name of a file"),
}


@pytest.mark.parametrize("name", MISTAKEN)
def test_what_is_sent_by_mistake_is_refused_by_what_it_is(patient, recorded, jpeg, name):
    mistake, status, refusal, words = MISTAKEN[name]
    answer = patient.put(recorded(), data=mistake(jpeg), content_type="image/jpeg")
    assert (answer.status_code, answer.json["code"]) == (status, refusal)
    assert words in answer.json["detail"] and "sha256" not in answer.json["detail"]


@pytest.mark.parametrize("media_type", ALSO)
def test_other_names_of_a_type_are_understood(patient, recorded, jpeg, media_type):
    path = recorded()
    assert patient.put(path, data=jpeg, content_type=media_type).status_code == 204
    assert patient.get(path).mimetype == "image/jpeg"


@pytest.mark.parametrize("name", ["image/jpg", "image/pjpeg", "IMAGE/JPEG"])
def test_a_record_is_kept_under_the_registered_name(patient, recorded, jpeg, name):
    path = recorded(name)
    (row,) = patient.pull()["changes"]["photos"]["updated"]
    assert row["media_type"] == "image/jpeg"
    assert recorded(name) == path  # The same push again is no change.
    assert patient.put(path, data=jpeg, content_type=name).status_code == 204


def test_a_record_of_no_photo_is_refused_naming_the_types(patient, visit_row, photo_row, jpeg):
    (rejected,) = patient.push(visits=[visit_row()], photos=[photo_row(jpeg, media_type="image/heic")])
    assert all(name in rejected["detail"] for name in ACCEPTED)


@pytest.mark.parametrize("name", ["image/jpg", "IMAGE/PJPEG", "image/jpeg"])
def test_an_upload_in_parts_may_call_its_photo_by_another_name(patient, recorded, uploads, jpeg, name):
    path = recorded()
    metadata = f"photo_id cGhvdG8tMDAwMQ==,media_type {base64.b64encode(name.encode()).decode()}"
    answer = uploads.begin(len(jpeg), data=jpeg, Upload_Metadata=metadata, Content_Type=PART)
    assert answer.status_code == 201, answer.json
    assert patient.get(path).status_code == 200


@pytest.mark.parametrize("name", ["image/heic", "", "text/plain"])
def test_an_upload_in_parts_of_no_photo_is_415_naming_the_types(recorded, uploads, jpeg, name):
    recorded()
    metadata = f"photo_id cGhvdG8tMDAwMQ==,media_type {base64.b64encode(name.encode()).decode()}"
    refused(uploads.begin(len(jpeg), Upload_Metadata=metadata), ACCEPTED)


@pytest.mark.parametrize("media_type", [None, "image/jpeg", *WRONG[-8:-1]])
def test_a_part_of_another_type_is_415_naming_the_one_of_parts(recorded, uploads, jpeg, media_type):
    recorded()
    refused(uploads.begin(len(jpeg), data=jpeg, Content_Type=media_type), [PART])
    at = uploads.at(len(jpeg))
    refused(uploads.append(at, 0, jpeg, Content_Type=media_type), [PART])
    assert uploads.stands_at(at) == 0


def test_an_upload_begun_without_a_body_may_have_any_type(recorded, uploads, jpeg):
    recorded()
    for media_type in (None, "application/json", "application/x-www-form-urlencoded"):
        assert uploads.begin(len(jpeg), Content_Type=media_type).status_code == 201


@pytest.fixture
def curl(visit_row, photo_row, jpeg, tmp_path):
    """Runs curl in a folder with a photo, whose record a running server has: `curl("-T", "face.jpg")`."""
    if not shutil.which("curl"):
        if os.environ.get("CI"):
            pytest.fail("curl is missing: apt-get install curl")
        pytest.skip("needs curl")
    (tmp_path / "face.jpg").write_bytes(jpeg)
    served = Served(tmp_path, workers=1)
    kim = Person(f"http://127.0.0.1:{served.port}", "kim@example.org", "patient")
    account = {"email": kim.email, "name": "Kim", "password": PASSWORD, "role": kim.role}
    kim.call("POST", "/v1/accounts", {**account, "born_on": "1990-05-17", "country": "DE"})
    kim.token = kim.sign_in()
    kim.timeline_id = kim.call("GET", "/v1/timelines")["timelines"][0]["id"]
    assert kim.push(visits=[visit_row()], photos=[photo_row(jpeg)]) == []
    at = f"{kim.url}/v1/timelines/{kim.timeline_id}/photos/photo-0001"

    def run(*body):
        command = ["curl", "-s", "-w", "\n%{http_code}", "-X", "PUT", *body, "-H", f"Authorization: Bearer {kim.token}"]
        return subprocess.run([*command, at], cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    yield run
    served.stop()


def test_curl_that_was_told_no_type_is_told_which_there_are_and_then_the_photo_arrives(curl):
    for body, came in (
        (("--data-binary", "@face.jpg"), "x-www-form-urlencoded"),
        (("-F", "photo=@face.jpg"), "multipart/form-data"),
        (("-T", "face.jpg"), "without a type"),
    ):
        text, status = curl(*body).rsplit("\n", 1)
        assert (status, came in text) == ("415", True)
        assert "image/jpeg, image/png, image/webp" in text
    assert curl("-T", "face.jpg", "-H", "Content-Type: image/jpeg") == "\n204"
