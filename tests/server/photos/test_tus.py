"""tus 1.0.0: a photo comes in parts, goes on after every cut, and is checked like any other."""

import base64
import hashlib
import io
import threading

import pytest
from werkzeug.exceptions import ClientDisconnected

from server.photos.tus import appending
from server.photos.tus.body import PIECE_BYTES
from server.photos.tus.uploads import OPEN_AT_ONCE

PART = "application/offset+octet-stream"
pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("recorded")]


def encoded(data):
    return base64.b64encode(data).decode()


def code(answer):
    return answer.status_code, answer.json["code"]


@pytest.fixture
def photo(patient):
    """Asks for the photo."""
    return lambda: patient.get(f"{patient.timeline}/photos/photo-0001")


def test_a_photo_in_parts_is_the_photo_that_one_request_would_have_stored(patient, uploads, jpeg, objects, photo):
    at = uploads.at(len(jpeg))
    for start in range(0, len(jpeg), 300):
        answer = uploads.append(at, start, jpeg[start : start + 300])
        assert answer.status_code == 204
        assert answer.headers["Upload-Offset"] == str(min(start + 300, len(jpeg)))
    whole = photo()
    assert whole.status_code == 200
    assert len(objects()) == 1
    assert [row["uploaded"] for row in patient.pull()["changes"]["photos"]["updated"]] == [True]
    assert patient.put(f"{patient.timeline}/photos/photo-0001", data=jpeg, content_type="image/jpeg").status_code == 204
    assert photo().data == whole.data


def test_no_byte_of_a_part_reaches_the_disk_in_the_clear(uploads, jpeg, config):
    at = uploads.at(len(jpeg))
    uploads.append(at, 0, jpeg[:-1])
    everything = b"".join(path.read_bytes() for path in config.photo_dir.parent.rglob("*") if path.is_file())
    assert len(everything) > 64 * 1024
    for start in range(0, len(jpeg) - 32, 32):
        assert jpeg[start : start + 32] not in everything


def test_an_upload_says_where_it_stands_until_when_and_what_it_is(uploads, jpeg):
    begun = uploads.begin(len(jpeg))
    at = begun.headers["Location"]
    assert at.startswith(f"{uploads.person.timeline}/uploads/")
    uploads.append(at, 0, jpeg[:100])
    standing = uploads.call("HEAD", at)
    assert standing.status_code == 200
    assert standing.headers["Upload-Offset"] == "100"
    assert standing.headers["Upload-Length"] == str(len(jpeg))
    assert standing.headers["Cache-Control"] == "no-store"
    assert standing.headers["Upload-Expires"] == "Mon, 09 Mar 2026 09:30:00 GMT" == begun.headers["Upload-Expires"]
    pairs = dict(pair.split(" ") for pair in standing.headers["Upload-Metadata"].split(","))
    assert base64.b64decode(pairs["photo_id"]) == b"photo-0001"


def test_an_upload_begun_with_its_first_part_goes_on_behind_it(uploads, jpeg):
    answer = uploads.begin(len(jpeg), data=jpeg[:100], Content_Type=PART)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "100")
    at = answer.headers["Location"]
    assert uploads.append(at, 100, jpeg[100:]).status_code == 204
    assert uploads.stands_at(at) == len(jpeg)


def test_a_phone_that_missed_the_last_answer_learns_that_all_came(patient, uploads, jpeg, clock):
    at = uploads.at(len(jpeg))
    uploads.append(at, 0, jpeg)
    head = patient.pull()["timestamp"]
    clock.pass_by(days=6)
    assert uploads.stands_at(at) == len(jpeg)
    assert uploads.append(at, len(jpeg), b"").status_code == 204
    assert patient.pull()["timestamp"] == head


def test_the_same_photo_sent_again_from_the_start_changes_nothing(patient, uploads, jpeg, objects):
    for _ in range(2):
        assert uploads.append(uploads.at(len(jpeg)), 0, jpeg).status_code == 204
    assert len(objects()) == 1


def test_a_part_from_elsewhere_than_where_the_upload_stands_is_409(uploads, jpeg):
    at = uploads.at(len(jpeg))
    uploads.append(at, 0, jpeg[:100])
    for offset in (0, 99, 101, 5000):
        assert code(uploads.append(at, offset, jpeg[offset:])) == (409, "offset_conflict")
    assert uploads.stands_at(at) == 100


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_part_with_a_wrong_checksum_is_460_and_not_kept(uploads, jpeg, algorithm, objects):
    at = uploads.at(len(jpeg))
    right = f"{algorithm} {encoded(hashlib.new(algorithm, jpeg[:100]).digest())}"
    answer = uploads.append(at, 0, jpeg[1:101], Upload_Checksum=right)
    assert code(answer) == (460, "checksum_mismatch")
    assert answer.json["title"] == "Checksum Mismatch"
    assert (uploads.stands_at(at), objects()) == (0, [])
    assert uploads.append(at, 0, jpeg[:100], Upload_Checksum=right).status_code == 204
    assert uploads.stands_at(at) == 100


def test_a_checksum_that_cannot_be_read_is_400(uploads, jpeg):
    at = uploads.at(len(jpeg))
    for checksum in ("md5 AAAA", "sha1", "sha1 !", "sha256 AAAA", "", f"sha1 {encoded(bytes(32))}"):
        assert code(uploads.append(at, 0, jpeg, Upload_Checksum=checksum)) == (400, "header_malformed")
    assert uploads.stands_at(at) == 0


def test_more_than_was_said_is_413_and_not_kept(uploads, jpeg, objects, photo):
    at = uploads.at(len(jpeg))
    uploads.append(at, 0, jpeg[:100])
    more = jpeg[100:] + b"x"
    for checksum in (None, f"sha1 {encoded(hashlib.sha1(more).digest())}"):
        for chunked in (False, True):
            answer = uploads.append(at, 100, more, chunked, Upload_Checksum=checksum)
            assert code(answer) == (413, "too_large")
            assert uploads.stands_at(at) == 100
            assert len(objects()) == 1
    assert photo().json["code"] == "photo_not_uploaded"


PHOTO_ID, MEDIA_TYPE = "photo_id cGhvdG8tMDAwMQ==", "media_type aW1hZ2UvanBlZw=="
NOT_BEGUN = [
    ("Upload_Length", None, 400, "header_malformed"),
    ("Upload_Length", "-1", 400, "header_malformed"),
    ("Upload_Length", "1e3", 400, "header_malformed"),
    ("Upload_Length", "²", 400, "header_malformed"),
    ("Upload_Length", 0, 422, "photo_empty"),
    ("Upload_Length", 20 * 1024 * 1024 + 1, 413, "too_large"),
    ("Upload_Length", 10**15, 400, "header_malformed"),
    ("Upload_Metadata", None, 400, "header_malformed"),
    ("Upload_Metadata", "photo_id", 400, "header_malformed"),
    ("Upload_Metadata", PHOTO_ID, 400, "header_malformed"),
    ("Upload_Metadata", f"photo_id !,{MEDIA_TYPE}", 400, "header_malformed"),
    ("Upload_Metadata", f"photo_id /w==,{MEDIA_TYPE}", 400, "header_malformed"),
    ("Upload_Metadata", f"photo_id AAAA,{MEDIA_TYPE}", 404, "photo_unknown"),
    ("Upload_Metadata", f"{PHOTO_ID},{MEDIA_TYPE}" + "," * 2000, 400, "header_malformed"),
    ("Upload_Metadata", f"photo_id cGhvdG8tMDAwMg==,{MEDIA_TYPE}", 404, "photo_unknown"),
    ("Upload_Metadata", f"{PHOTO_ID},media_type aW1hZ2UvcG5n", 415, "media_type_mismatch"),
    ("Tus_Resumable", "0.2.2", 412, "tus_version_unsupported"),
    ("Tus_Resumable", None, 412, "tus_version_unsupported"),
]


def test_an_upload_that_cannot_be_begun_is_refused_by_what_is_wrong(uploads, jpeg):
    for header, value, status, refusal in NOT_BEGUN:
        answer = uploads.begin(len(jpeg), **{header: value})
        assert code(answer) == (status, refusal), (header, value)
        assert answer.headers["Tus-Resumable"] == "1.0.0"
        assert answer.headers.get("Tus-Version") == ("1.0.0" if status == 412 else None)


def test_a_part_of_another_content_type_is_415(uploads, jpeg):
    at = uploads.at(len(jpeg))
    assert code(uploads.append(at, 0, jpeg, Content_Type="image/jpeg")) == (415, "unsupported_media_type")
    assert code(uploads.append(at, "x", jpeg)) == (400, "header_malformed")


def test_what_the_server_speaks_is_said_to_everybody(client, patient, config):
    answer = client.options(f"{patient.timeline}/uploads")
    assert answer.status_code == 200
    assert answer.headers["Tus-Version"] == answer.headers["Tus-Resumable"] == "1.0.0"
    assert answer.headers["Tus-Max-Size"] == str(config.photo_max_bytes)
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"
    extensions = set(answer.headers["Tus-Extension"].split(","))
    assert extensions == {"creation", "creation-with-upload", "termination", "checksum", "expiration"}


def test_an_upload_that_is_ended_is_gone_with_its_parts(uploads, jpeg, objects):
    at = uploads.at(len(jpeg))
    uploads.append(at, 0, jpeg[:100])
    assert uploads.call("DELETE", at).status_code == 204
    assert objects() == []
    for answer in (uploads.append(at, 100, jpeg[100:]), uploads.call("DELETE", at)):
        assert code(answer) == (404, "upload_unknown")
    assert uploads.call("HEAD", at).status_code == 404


def test_ending_a_finished_upload_leaves_its_photo(uploads, jpeg, photo):
    at = uploads.at(len(jpeg))
    uploads.append(at, 0, jpeg)
    assert uploads.call("DELETE", at).status_code == 204
    assert photo().status_code == 200


def test_clients_without_patch_and_delete_name_the_method_in_a_header(uploads, jpeg):
    at = uploads.at(len(jpeg))
    sent = {"data": jpeg[:9], "Upload_Offset": 0, "Content_Type": PART}
    assert uploads.call("POST", at, **sent, X_HTTP_Method_Override="PATCH").status_code == 204
    assert uploads.stands_at(at) == 9
    assert uploads.call("POST", at).status_code == 405
    assert uploads.call("POST", at, X_HTTP_Method_Override="DELETE").status_code == 204
    assert uploads.call("HEAD", at).status_code == 404


def test_an_upload_whose_rest_does_not_come_expires_with_its_parts(uploads, jpeg, clock, objects):
    at = uploads.at(len(jpeg))
    clock.pass_by(days=6)
    uploads.append(at, 0, jpeg[:100])
    clock.pass_by(days=6, hours=23)
    assert uploads.stands_at(at) == 100
    clock.pass_by(hours=1)
    assert uploads.call("HEAD", at).status_code == 410
    assert objects() == []
    assert code(uploads.append(at, 100, jpeg[100:])) == (410, "upload_expired")


def test_beginning_another_upload_removes_the_parts_of_expired_ones(uploads, jpeg, clock, objects):
    uploads.append(uploads.at(len(jpeg)), 0, jpeg[:100])
    clock.pass_by(days=8)
    uploads.at(len(jpeg))
    assert objects() == []


def test_a_photo_other_than_its_records_takes_its_upload_along(uploads, jpeg, objects):
    for data in (jpeg[::-1], jpeg[:-1] + b"x", jpeg[:-1]):
        at = uploads.at(len(data))
        uploads.append(at, 0, data[:200])
        assert code(uploads.append(at, 200, data[200:])) == (409, "photo_differs")
        assert uploads.call("HEAD", at).status_code == 404
        assert objects() == []


def test_what_is_no_photo_is_refused_when_it_is_whole(patient, uploads, photo_row, objects):
    data = b"not a photo at all"
    patient.push(photos=[photo_row(data, id="photo-0002")])
    at = uploads.at(len(data), "photo-0002")
    assert code(uploads.append(at, 0, data)) == (415, "photo_wrong_type")
    assert uploads.call("HEAD", at).status_code == 404
    assert objects() == []


def test_a_photo_deleted_meanwhile_is_gone(patient, uploads, jpeg):
    at = uploads.at(len(jpeg))
    patient.send({"photos": {"deleted": ["photo-0001"]}})
    assert code(uploads.append(at, 0, jpeg)) == (410, "gone")
    assert code(uploads.begin(len(jpeg))) == (410, "gone")


def test_anothers_upload_looks_as_one_that_does_not_exist(patient, other_patient, uploads, jpeg):
    at = uploads.at(len(jpeg))
    theirs = type(uploads)(other_patient)
    mine = at.replace(patient.timeline_id, other_patient.timeline_id)
    assert code(theirs.append(at, 0, jpeg)) == (404, "timeline_unknown")
    assert code(theirs.append(mine, 0, jpeg)) == (404, "upload_unknown")
    assert uploads.stands_at(at) == 0


def test_a_device_signed_out_meanwhile_sends_no_further_part(patient, uploads, jpeg):
    at = uploads.at(len(jpeg))
    uploads.append(at, 0, jpeg[:100])
    other = patient.on_another_device()
    other.delete(f"/v1/devices/{patient.device_id}")
    assert code(uploads.append(at, 100, jpeg[100:])) == (401, "unauthenticated")
    assert type(uploads)(other).append(at, 100, jpeg[100:]).status_code == 204


def test_so_many_uploads_are_open_at_once_and_one_of_the_same_photo_makes_room(patient, uploads, photo_row, jpeg):
    rows = [photo_row(jpeg, id=f"photo-1{number:03}") for number in range(OPEN_AT_ONCE)]
    assert patient.push(photos=rows) == []
    first, *_ = [uploads.at(len(jpeg), row["id"]) for row in rows]
    refused = uploads.begin(len(jpeg))
    assert code(refused) == (429, "too_many_uploads")
    assert refused.headers["Retry-After"] == "60"
    again = uploads.at(len(jpeg), rows[0]["id"])
    assert uploads.call("HEAD", first).status_code == 404
    assert uploads.append(again, 0, jpeg).status_code == 204
    assert uploads.begin(len(jpeg)).status_code == 201


def test_an_upload_in_too_many_parts_is_refused_and_gone(uploads, jpeg, monkeypatch, objects):
    monkeypatch.setattr(appending, "PARTS_AT_MOST", 3)
    at = uploads.at(len(jpeg))
    for start in range(3):
        assert uploads.append(at, start, jpeg[start : start + 1]).status_code == 204
    assert code(uploads.append(at, 3, jpeg[3:4])) == (400, "too_many_parts")
    assert uploads.call("HEAD", at).status_code == 404
    assert objects() == []


class Watched:
    """A body that looks, whenever it is read, how many connections to the database are in use."""

    def __init__(self, data, engine):
        self.data, self.pool, self.in_use = io.BytesIO(data), engine.pool, set()

    def read(self, size=-1):
        self.in_use.add(self.pool.checkedout())
        return self.data.read(min(size, 500) if size > 0 else size)


@pytest.mark.parametrize("in_parts", [False, True])
def test_no_connection_to_the_database_is_held_while_a_phone_sends(app, patient, uploads, jpeg, in_parts):
    body = Watched(jpeg, app.extensions["acnetrack.engine"])
    sent = {"environ_overrides": {"wsgi.input": body, "CONTENT_LENGTH": str(len(jpeg))}}
    if in_parts:
        named = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
        answer = patient.call("PATCH", uploads.at(len(jpeg)), headers=named, content_type=PART, **sent)
    else:
        answer = patient.put(f"{patient.timeline}/photos/photo-0001", content_type="image/jpeg", **sent)
    assert answer.status_code == 204
    assert body.in_use == {0}


class CutAfter(io.BytesIO):
    """A body whose connection breaks where it ends."""

    def read(self, size=-1):
        if data := super().read(size):
            return data
        raise ClientDisconnected


def test_what_came_before_a_cut_is_kept_unless_a_checksum_asks_for_all_or_nothing(app, patient, uploads, photo_row):
    patient.push(photos=[photo_row(b"", id="photo-0002")])
    for came in (0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1000):
        for checksum in (None, appending.Checksum("sha1", hashlib.sha1(bytes(came)).digest())):
            at = uploads.at(3 * PIECE_BYTES, "photo-0002")
            body = CutAfter(bytes(came))
            with app.app_context(), pytest.raises(ClientDisconnected):
                appending.append(patient.timeline_id, at.rpartition("/")[2], 0, body, checksum)
            assert uploads.stands_at(at) == (0 if checksum else came)


class Waiting(io.BytesIO):
    """A body that comes when all others have begun to."""

    def __init__(self, data, barrier):
        super().__init__(data)
        self.barrier = barrier

    def read(self, size=-1):
        if self.tell() == 0:
            self.barrier.wait(30)
        return super().read(size)


@pytest.mark.parametrize("last", [False, True])
def test_of_parts_sent_at_the_same_time_one_counts_and_the_others_are_409(app, patient, uploads, jpeg, last, objects):
    at = uploads.at(len(jpeg))
    data, senders = jpeg if last else jpeg[:-1], 3
    barrier, verdicts = threading.Barrier(senders), []

    def send():
        with app.app_context():
            try:
                body = Waiting(data, barrier)
                upload = appending.append(patient.timeline_id, at.rpartition("/")[2], 0, body, None)
                verdicts.append(upload.received)
            except appending.OffsetConflict:
                verdicts.append("conflict")

    threads = [threading.Thread(target=send) for _ in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, verdicts)) == sorted([str(len(data)), "conflict", "conflict"])
    assert uploads.stands_at(at) == len(data)
    assert len(objects()) == 1
