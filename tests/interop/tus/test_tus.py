"""Photos uploaded by tus-js-client, tuspy and fetch, over a connection that is cut and to a server that is killed."""

import hashlib
import io

import numpy as np
import pytest
from PIL import Image
from tusclient.exceptions import TusCommunicationError

PART = 192 * 1024


@pytest.fixture(scope="module")
def running(start_server):
    """A server of this module's own, since it is killed."""
    return start_server()


@pytest.fixture
def library():
    return "tus"


@pytest.fixture(scope="module")
def picture():
    """Noise, so that its JPEG is of many parts."""
    noise = np.random.default_rng(5).integers(0, 256, (800, 1000, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "JPEG", quality=90)
    assert len(buffer.getvalue()) > 3 * PART
    return buffer.getvalue()


@pytest.fixture
def file(picture, tmp_path):
    path = tmp_path / "front.jpeg"
    path.write_bytes(picture)
    return path


@pytest.fixture
def record(patient, visit, photo, picture):
    """The photo's record, which is on the server."""
    row = photo(sha256=hashlib.sha256(picture).hexdigest(), width_px=1000, height_px=800)
    assert patient.push(visits=[visit()], photos=[row]) == []
    return row


@pytest.fixture
def stored(patient, picture):
    """Whether the server has the photo, every byte of it (but metadata, of which it has none)."""

    def check():
        row = patient.rows()["photos"]["photo-0001"]
        data = patient.download(f"/v1/timelines/{patient.timeline_id}/photos/photo-0001") if row["uploaded"] else None
        assert data in (None, picture)
        return data is not None

    return check


@pytest.fixture
def python_phone(patient, record, picture, sync_code):
    """The uploader of INTEGRATE.md, which remembers nothing by itself: `python_phone(url=…)` goes on."""
    [code] = sync_code("python tus")
    names = {}
    exec(code, names)

    def start(**options):
        standard = {"chunk_size": PART, "upload_checksum": False, "retries": 0}
        account = (patient.url, patient.timeline_id, patient.token, record)
        return names["uploader"](*account, io.BytesIO(picture), **{**standard, **options})

    return start


def offsets(wire):
    """Where each part that was sent began."""
    return [int(headers["upload-offset"]) for method, headers in wire.requests if method == "PATCH"]


def test_javascript_uploads_in_parts(phone, record, file, stored, wire, picture):
    phone.does("upload", photo=record, file=str(file), chunkSize=PART)
    assert stored()
    assert offsets(wire) == list(range(0, len(picture), PART))


def test_javascript_goes_on_by_itself_where_the_connection_was_cut(phone, record, file, stored, wire):
    wire.cut_after = PART + 100_000
    del wire.requests[:]
    phone.does("upload", photo=record, file=str(file), chunkSize=PART, retryDelays=[0, 0, 0, 0])
    assert stored()
    asked = [method for method, _ in wire.requests]
    assert asked.count("POST") == 1 and "HEAD" in asked


def test_javascript_goes_on_after_the_app_was_killed(phone, another_process, record, file, stored, wire, killed):
    old = phone.reopened(another_process())
    with pytest.raises(killed):
        old.does("upload", photo=record, file=str(file), chunkSize=PART, endsAt=2 * PART)
    assert not stored()
    del wire.requests[:]
    phone.does("upload", photo=record, file=str(file), chunkSize=PART)
    assert stored()
    assert offsets(wire)[0] == 2 * PART


def test_javascript_goes_on_after_the_server_was_killed(phone, running, record, file, stored, wire):
    wire.cut_after = PART + 100_000
    with pytest.raises(Exception, match="tus"):
        phone.does("upload", photo=record, file=str(file), chunkSize=PART)
    running.kill()
    running.start()
    del wire.requests[:]
    phone.does("upload", photo=record, file=str(file), chunkSize=PART, retryDelays=[0, 0, 0, 0])
    assert stored()
    assert offsets(wire)[0] >= PART


def test_javascript_ends_an_upload_and_begins_again(phone, record, file, stored, wire):
    wire.cut_after = PART + 100_000
    with pytest.raises(Exception, match="tus"):
        phone.does("upload", photo=record, file=str(file), chunkSize=PART)
    assert len(phone.does("terminate")) == 1
    del wire.requests[:]
    phone.does("upload", photo=record, file=str(file), chunkSize=PART)
    assert stored()
    assert offsets(wire)[0] == 0


def test_javascript_puts_a_photo_in_one_request(phone, record, file, stored):
    phone.does("put", photo=record, file=str(file))
    assert stored()


def test_a_put_whose_record_is_of_another_photo_says_so(phone, record, stored, tmp_path):
    Image.new("RGB", (1000, 800)).save(tmp_path / "other.jpeg")
    with pytest.raises(Exception, match="another sha256") as refused:
        phone.does("put", photo=record, file=str(tmp_path / "other.jpeg"))
    assert refused.value.code == "photo_differs"
    assert not stored()


@pytest.mark.parametrize("checksum", [False, True])
def test_python_uploads_in_parts(checksum, python_phone, record, stored, wire, picture):
    python_phone(upload_checksum=checksum).upload()
    assert stored()
    assert offsets(wire) == list(range(0, len(picture), PART))
    sums = [headers.get("upload-checksum", "") for method, headers in wire.requests if method == "PATCH"]
    assert all(each.startswith("sha1 ") is checksum for each in sums)


def cut_off(uploader, wire):
    uploader.upload_chunk()
    wire.cut_after = 100_000
    with pytest.raises(TusCommunicationError):
        uploader.upload_chunk()


def test_python_goes_on_in_the_middle_of_a_part_where_the_connection_was_cut(python_phone, stored, wire):
    uploader = python_phone()
    cut_off(uploader, wire)
    asked = (python_phone(url=uploader.url) for _ in range(1000))  # The server may still be storing what came.
    again = next(each for each in asked if each.offset > PART)
    assert again.offset < 2 * PART
    again.upload()
    assert stored()


def test_what_came_of_a_part_with_a_checksum_is_not_kept_when_it_is_cut_off(python_phone, stored, wire):
    uploader = python_phone(upload_checksum=True)
    cut_off(uploader, wire)
    again = python_phone(url=uploader.url, upload_checksum=True)
    assert again.offset == PART
    again.upload()
    assert stored()


def test_python_goes_on_after_the_server_was_killed(python_phone, running, record, stored, wire):
    uploader = python_phone()
    uploader.upload_chunk()
    uploader.upload_chunk()
    running.kill()
    running.start()
    again = python_phone(url=uploader.url)
    assert again.offset == 2 * PART
    again.upload()
    assert stored()
    assert offsets(wire) == sorted(set(offsets(wire)))


def test_a_part_that_was_damaged_on_its_way_is_not_kept(python_phone, record, stored, wire):
    uploader = python_phone(upload_checksum=True)
    uploader.upload_chunk()
    wire.damage_at = 100_000
    with pytest.raises(TusCommunicationError) as refused:
        uploader.upload_chunk()
    assert refused.value.status_code == 460
    again = python_phone(url=uploader.url, upload_checksum=True)
    assert again.offset == PART
    again.upload()
    assert stored()


def test_python_cannot_go_on_with_what_was_ended(python_phone, patient, record):
    uploader = python_phone()
    uploader.upload_chunk()
    patient.call("DELETE", uploader.url.removeprefix(patient.url), **{"Tus-Resumable": "1.0.0"})
    with pytest.raises(TusCommunicationError):
        python_phone(url=uploader.url)


def test_two_devices_with_one_photo_store_it_once(phone, python_phone, record, file, stored):
    uploader = python_phone()
    uploader.upload_chunk()
    phone.does("upload", photo=record, file=str(file), chunkSize=PART)
    while uploader.offset < uploader.get_file_size():
        uploader.upload_chunk()
    assert stored()
