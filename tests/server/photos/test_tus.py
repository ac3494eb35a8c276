"""tus 1.0.0: a photo comes in parts, continues after every cut, and is checked like any other."""

import base64
import hashlib

import pytest

PART = "application/offset+octet-stream"


def encoded(text):
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


class Uploads:
    """A client of the protocol, as one device."""

    def __init__(self, person):
        self.person = person

    def call(self, method, path, **headers):
        data = headers.pop("data", None)
        named = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        return self.person.call(method, path, data=data, headers={"Tus-Resumable": "1.0.0", **named})

    def begin(self, length, photo_id="photo-0001", media_type="image/jpeg", **headers):
        metadata = f"photo_id {encoded(photo_id)},media_type {encoded(media_type)}"
        path = f"{self.person.timeline}/uploads"
        return self.call("POST", path, Upload_Length=length, **{"Upload_Metadata": metadata, **headers})

    def at(self, length, **options):
        answer = self.begin(length, **options)
        assert answer.status_code == 201, answer.json
        return answer.headers["Location"]

    def append(self, at, offset, data, **headers):
        return self.call("PATCH", at, data=data, Upload_Offset=offset, **{"Content_Type": PART, **headers})

    def offset(self, at):
        answer = self.call("HEAD", at)
        assert answer.status_code == 200
        return int(answer.headers["Upload-Offset"])


@pytest.fixture
def uploads(patient):
    return Uploads(patient)


@pytest.fixture
def recorded(patient, visit_row, photo_row, jpeg):
    """The record of the photo, pushed."""
    assert patient.push(visits=[visit_row()], photos=[photo_row(jpeg)]) == []


@pytest.fixture
def objects(config):
    return lambda: [path for path in config.photo_dir.rglob("*") if path.is_file()]


@pytest.mark.usefixtures("recorded")
def test_a_photo_in_parts_is_the_photo_that_one_request_would_have_stored(patient, uploads, jpeg, objects):
    at = uploads.at(len(jpeg))
    for start in range(0, len(jpeg), 300):
        answer = uploads.append(at, start, jpeg[start : start + 300])
        assert answer.status_code == 204
        assert int(answer.headers["Upload-Offset"]) == min(start + 300, len(jpeg))
    answer = patient.get(f"{patient.timeline}/photos/photo-0001")
    assert answer.status_code == 200
    assert len(objects()) == 1
    (row,) = patient.pull()["changes"]["photos"]["updated"]
    assert row["uploaded"] is True


@pytest.mark.usefixtures("recorded")
def test_an_upload_begun_with_its_first_part_goes_on_behind_it(uploads, jpeg):
    answer = uploads.begin(len(jpeg), data=jpeg[:100], Content_Type=PART)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "100")
    at = answer.headers["Location"]
    assert uploads.append(at, 100, jpeg[100:]).status_code == 204
    assert uploads.offset(at) == len(jpeg)


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_part_with_a_wrong_checksum_is_460_and_not_kept(uploads, jpeg, algorithm, objects):
    at = uploads.at(len(jpeg))
    right = f"{algorithm} {encoded(hashlib.new(algorithm, jpeg[:100]).digest())}"
    answer = uploads.append(at, 0, jpeg[1:101], Upload_Checksum=right)
    assert (answer.status_code, answer.json["code"], answer.json["title"]) == (
        460,
        "checksum_mismatch",
        "Checksum Mismatch",
    )
    assert (uploads.offset(at), objects()) == (0, [])
    assert uploads.append(at, 0, jpeg[:100], Upload_Checksum=right).status_code == 204
    assert uploads.offset(at) == 100
