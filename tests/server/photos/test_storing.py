"""What the store holds: encrypted, once a patient, gone with the last record, found again when a crash left it."""

import io
import os
from datetime import timedelta

import pytest
from PIL import Image

from server.foundation import db
from server.foundation.keys.folder import MASTER_FILE, FolderKeyRing
from server.foundation.keys.master import master_keys, new_master_key
from server.photos import receiving
from server.photos.models import StoredPhoto
from server.photos.storing import discard_timeline
from server.photos.tidying import Untidy, tidy

pytestmark = pytest.mark.both_databases


@pytest.fixture
def upload(visit_row, photo_row, jpeg):
    """Pushes a photo's record and uploads its bytes, by default those of `jpeg`, for a patient."""

    def send(patient, id="photo-0001", data=jpeg, visit="visit-0001"):
        patient.push(visits=[visit_row(visit)], photos=[photo_row(data, id=id, visit_id=visit)])
        answer = patient.put(f"{patient.timeline}/photos/{id}", data=data, content_type="image/jpeg")
        assert answer.status_code == 204, answer.json

    return send


@pytest.fixture
def shown():
    def ask(patient, id="photo-0001"):
        answer = patient.get(f"{patient.timeline}/photos/{id}")
        return answer.data if answer.status_code == 200 else (answer.status_code, answer.json["code"])

    return ask


def with_comment(jpeg):
    """Another file with the same picture."""
    buffer = io.BytesIO()
    Image.open(io.BytesIO(jpeg)).save(buffer, "JPEG", quality="keep", comment=b"second copy")
    return buffer.getvalue()


def test_the_store_holds_nothing_of_a_photo_in_the_clear(patient, upload, shown, objects):
    upload(patient)
    (object_,) = objects()
    stored, whole = object_.read_bytes(), shown(patient)
    for start in range(0, len(whole) - 16, 16):
        assert whole[start : start + 16] not in stored


def test_the_same_photo_under_two_records_is_stored_once(patient, upload, shown, objects):
    upload(patient)
    upload(patient, "photo-0002")
    assert len(objects()) == 1
    assert shown(patient) == shown(patient, "photo-0002")


def test_the_same_picture_with_other_metadata_is_stored_once(patient, upload, shown, objects, jpeg):
    upload(patient, data=with_comment(jpeg))
    first = shown(patient)
    upload(patient, "photo-0002", data=with_comment(jpeg) + b"trailer")
    assert len(objects()) == 1
    assert shown(patient, "photo-0002") == first


def test_deleting_one_of_two_equal_photos_keeps_the_bytes_for_the_other(patient, upload, shown, objects):
    upload(patient)
    upload(patient, "photo-0002")
    whole = shown(patient)
    patient.send({"photos": {"deleted": ["photo-0001"]}})
    assert shown(patient) == (410, "gone")
    assert shown(patient, "photo-0002") == whole
    patient.send({"photos": {"deleted": ["photo-0002"]}})
    assert objects() == []


def test_a_photo_that_was_deleted_can_be_stored_again_under_a_new_record(patient, upload, shown, objects):
    upload(patient)
    patient.send({"photos": {"deleted": ["photo-0001"]}})
    upload(patient, "photo-0002")
    assert isinstance(shown(patient, "photo-0002"), bytes)
    assert len(objects()) == 1


def test_nothing_tells_that_two_patients_have_the_same_photo(app, patient, other_patient, upload, shown, objects, jpeg):
    upload(patient)
    upload(other_patient, data=with_comment(jpeg))
    first, second = objects()
    assert first.parent != second.parent
    assert first.name != second.name
    assert first.stat().st_size == second.stat().st_size  # As any two photos of as many chunks have.
    assert not {first.read_bytes()[start : start + 16] for start in range(5, 60_000, 16)} & {
        second.read_bytes()[start : start + 16] for start in range(5, 60_000, 16)
    }
    with app.app_context():
        known_by = [stored.content_hmac for stored in db.session().query(StoredPhoto)]
    assert len(set(known_by)) == 2
    other_patient.send({"photos": {"deleted": ["photo-0001"]}})
    assert isinstance(shown(patient), bytes)


def test_an_object_in_anothers_place_is_never_shown_as_theirs(patient, other_patient, upload, shown, objects):
    upload(patient)
    upload(other_patient)
    first, second = objects()
    swapped = first.read_bytes(), second.read_bytes()
    second.write_bytes(swapped[0])
    first.write_bytes(swapped[1])
    for someone in (patient, other_patient):
        assert shown(someone) == (500, "key_lost")


def test_a_photo_put_in_anothers_place_of_the_same_patient_is_found(patient, upload, shown, objects, jpeg):
    upload(patient)
    other = io.BytesIO()
    Image.linear_gradient("L").rotate(90).resize((96, 128)).convert("RGB").save(other, "JPEG")
    upload(patient, "photo-0002", other.getvalue())
    first, second = objects()
    first.write_bytes(second.read_bytes())
    answers = [shown(patient, id) for id in ("photo-0001", "photo-0002")]
    assert answers.count((500, "photo_tampered")) == 1
    assert sum(isinstance(each, bytes) for each in answers) == 1


def test_errors_of_keys_name_what_is_wrong_and_nothing_else(app, patient, upload, shown, config, objects):
    upload(patient)
    key = config.key_dir / f"{patient.timeline_id}.key"
    wrapped = key.read_bytes()
    key.unlink()
    assert shown(patient) == (500, "key_lost")
    key.write_bytes(wrapped[:-10])
    assert shown(patient) == (500, "key_damaged")
    key.write_bytes(wrapped)
    own, app.extensions["acnetrack.keys"] = (
        app.extensions["acnetrack.keys"],
        FolderKeyRing(config.key_dir, new_master_key()),
    )
    answer = patient.get(f"{patient.timeline}/photos/photo-0001")
    assert (answer.status_code, answer.json["code"]) == (500, "master_key_wrong")
    assert patient.timeline_id not in answer.text
    assert master_keys((config.key_dir / MASTER_FILE).read_text())[0].id not in answer.text
    app.extensions["acnetrack.keys"] = own
    assert isinstance(shown(patient), bytes)


def test_a_patient_whose_key_is_lost_gets_no_second_one(patient, upload, shown, config, visit_row, photo_row, jpeg):
    upload(patient)
    (config.key_dir / f"{patient.timeline_id}.key").rename(config.key_dir / "elsewhere")
    patient.push(photos=[photo_row(jpeg, id="photo-0002")])
    answer = patient.put(f"{patient.timeline}/photos/photo-0002", data=jpeg, content_type="image/jpeg")
    assert (answer.status_code, answer.json["code"]) == (500, "key_lost")
    (config.key_dir / "elsewhere").rename(config.key_dir / f"{patient.timeline_id}.key")
    assert isinstance(shown(patient), bytes)


def test_a_shredded_key_ends_every_photo_at_once(app, patient, other_patient, upload, shown, objects):
    for someone in (patient, other_patient):
        upload(someone)
    app.extensions["acnetrack.keys"].shred(patient.timeline_id)
    assert shown(patient) == (410, "erased")
    assert isinstance(shown(other_patient), bytes)
    with app.app_context():
        discard_timeline(patient.timeline_id)
    assert [path.parent.name for path in objects()] == [other_patient.timeline_id]


def test_a_photo_deleted_while_it_is_read_is_gone(app, patient, upload, shown, monkeypatch):
    upload(patient)
    store = app.extensions["acnetrack.photos"]
    get = store.get

    def meanwhile(key):
        patient.send({"photos": {"deleted": ["photo-0001"]}})
        return get(key)

    monkeypatch.setattr(store, "get", meanwhile)
    assert shown(patient) == (410, "gone")


def test_a_photo_whose_record_was_deleted_while_it_came_leaves_nothing_in_the_store(
    app, patient, visit_row, photo_row, jpeg, objects, monkeypatch
):
    patient.push(visits=[visit_row()], photos=[photo_row(jpeg)])
    store = app.extensions["acnetrack.photos"]
    put = store.put

    def meanwhile(key, data):
        put(key, data)
        patient.send({"photos": {"deleted": ["photo-0001"]}})

    monkeypatch.setattr(store, "put", meanwhile)
    answer = patient.put(f"{patient.timeline}/photos/photo-0001", data=jpeg, content_type="image/jpeg")
    assert (answer.status_code, answer.json["code"]) == (410, "gone")
    assert objects() == []


@pytest.fixture
def tidied(app, clock, objects):
    """Tidies as an operator would, so long after everything was put."""

    def run(remove=False, **after):
        put_at = clock.instant - timedelta(**(after or {"days": 2}))
        for path in objects():
            os.utime(path, (put_at.timestamp(), put_at.timestamp()))
        with app.app_context():
            return tidy(remove)

    return run


def test_what_a_crash_left_is_shown_first_and_removed_when_told(patient, upload, shown, objects, config, tidied):
    upload(patient)
    (orphan := config.photo_dir / patient.timeline_id / ("0" * 32)).write_bytes(bytes(1000))
    (unfinished := orphan.with_name("1" * 32 + "#1")).write_bytes(bytes(24))
    untidy = tidied()
    assert (untidy.objects, untidy.object_bytes, len(objects())) == (2, 1024, 3)
    assert tidied(remove=True) == untidy
    assert not orphan.exists()
    assert not unfinished.exists()
    assert isinstance(shown(patient), bytes)
    assert tidied().objects == 0


def test_an_object_that_was_just_put_is_left_alone(patient, upload, config, tidied):
    upload(patient)
    (new := config.photo_dir / patient.timeline_id / ("0" * 32)).write_bytes(b"about to be a photo")
    assert tidied(remove=True, hours=23).objects == 0
    assert new.exists()


def test_an_upload_that_may_go_on_keeps_its_parts(uploads, recorded, jpeg, objects, clock, tidied):
    at = uploads.at(len(jpeg))
    uploads.append(at, 0, jpeg[:100])
    clock.pass_by(days=6)
    assert tidied(remove=True, days=6) == Untidy()
    assert uploads.append(at, 100, jpeg[100:]).status_code == 204


def test_an_expired_upload_is_removed_with_its_parts(uploads, recorded, jpeg, objects, clock, tidied):
    at = uploads.at(len(jpeg))
    uploads.append(at, 0, jpeg[:100])
    clock.pass_by(days=7)
    assert (tidied(), len(objects())) == (Untidy(uploads=1), 1)
    assert tidied(remove=True) == Untidy(uploads=1)
    assert objects() == []
    assert uploads.call("HEAD", at).status_code == 404


class Failing:
    """A store that can no longer remove anything."""

    def __init__(self, store):
        self.store = store

    def __getattr__(self, name):
        return getattr(self.store, name)

    def delete(self, key):
        raise OSError("disk failure")


def test_bytes_whose_removal_failed_are_removed_later_and_the_push_succeeds(app, patient, upload, objects, tidied):
    upload(patient)
    whole = app.extensions["acnetrack.photos"]
    app.extensions["acnetrack.photos"] = Failing(whole)
    assert patient.send({"photos": {"deleted": ["photo-0001"]}}) == []
    assert len(objects()) == 1
    app.extensions["acnetrack.photos"] = whole
    assert tidied(remove=True).objects == 1
    assert objects() == []


def test_a_photo_deleted_just_before_a_kill_is_removed_later(patient, upload, objects, tidied, monkeypatch):
    upload(patient)
    with monkeypatch.context() as killed:
        killed.setattr("server.photos.storing.unfile", lambda *arguments: ())
        patient.send({"photos": {"deleted": ["photo-0001"]}})
    assert len(objects()) == 1
    untidy = tidied()
    assert (untidy.deleted, len(objects())) == (1, 1)
    assert tidied(remove=True) == untidy
    assert objects() == []


def test_a_record_deleted_while_its_bytes_are_checked_leaves_nothing(
    app, patient, visit_row, photo_row, jpeg, objects, tidied, monkeypatch
):
    patient.push(visits=[visit_row()], photos=[photo_row(jpeg)])
    put = receiving.put_sealed

    def meanwhile(*arguments):
        patient.send({"photos": {"deleted": ["photo-0001"]}})
        return put(*arguments)

    monkeypatch.setattr(receiving, "put_sealed", meanwhile)
    answer = patient.put(f"{patient.timeline}/photos/photo-0001", data=jpeg, content_type="image/jpeg")
    assert (answer.status_code, answer.json["code"]) == (410, "gone")
    tidied(remove=True)
    assert objects() == []
