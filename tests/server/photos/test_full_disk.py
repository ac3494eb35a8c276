"""A disk that takes no more: the phone is told to try again, and nothing is half written."""

import resource
from contextlib import contextmanager

import pytest

from server.foundation.durable import write_durably
from server.photos import store
from server.photos.store import LocalPhotoStore, PhotoStoreAway

pytestmark = pytest.mark.both_databases

AWAY = (503, "photo_store_away", "5")


@contextmanager
def no_room():
    """Let the system refuse to make any file longer than a kilobyte, as it does when a disk is full."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.fixture
def full(monkeypatch):
    """Fills the disk of the photos, and of nothing else, inside a `with`."""

    @contextmanager
    def filled():
        put = LocalPhotoStore.put

        def refused(store, key, data):
            with no_room():
                put(store, key, data)

        with monkeypatch.context() as fault:
            fault.setattr(LocalPhotoStore, "put", refused)
            yield

    return filled


def answered(answer):
    return answer.status_code, answer.json["code"], answer.headers["Retry-After"]


@pytest.mark.usefixtures("recorded")
def test_a_photo_that_finds_no_room_is_503_and_taken_when_there_is(patient, jpeg, objects, full):
    path = f"{patient.timeline}/photos/photo-0001"
    with full():
        assert answered(patient.put(path, data=jpeg, content_type="image/jpeg")) == AWAY
    assert objects() == []
    assert patient.get(path).json["code"] == "photo_not_uploaded"
    assert patient.put(path, data=jpeg, content_type="image/jpeg").status_code == 204


@pytest.mark.usefixtures("recorded")
def test_a_part_that_finds_no_room_is_503_and_the_upload_goes_on_when_there_is(patient, jpeg, uploads, objects, full):
    at, middle = uploads.at(len(jpeg)), len(jpeg) // 2
    assert uploads.append(at, 0, jpeg[:middle]).status_code == 204
    before = objects()
    with full():
        assert answered(uploads.append(at, middle, jpeg[middle:])) == AWAY
    assert objects() == before
    assert uploads.stands_at(at) == middle
    assert uploads.append(at, middle, jpeg[middle:]).status_code == 204
    assert patient.get(f"{patient.timeline}/photos/photo-0001").status_code == 200


def test_a_photo_that_did_not_reach_the_disk_is_removed(tmp_path, monkeypatch):
    def fails(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "to_disk", fails)
    with pytest.raises(PhotoStoreAway):
        LocalPhotoStore(tmp_path).put("timeline/one", b"1")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_that_is_no_folder_any_more_is_away(tmp_path):
    (tmp_path / "timeline").touch()
    with pytest.raises(PhotoStoreAway):
        LocalPhotoStore(tmp_path).put("timeline/one", b"1")


@pytest.mark.usefixtures("recorded")
def test_a_key_folder_that_is_full_is_503_and_leaves_no_photo(patient, jpeg, objects, monkeypatch):
    def fails(path, data):
        write_durably(path, data[:10])
        path.unlink()
        raise OSError(28, "No space left on device")

    path = f"{patient.timeline}/photos/photo-0001"
    with monkeypatch.context() as fault:
        fault.setattr("server.foundation.keys.folder.write_durably", fails)
        assert answered(patient.put(path, data=jpeg, content_type="image/jpeg")) == AWAY
    assert objects() == []
    assert patient.put(path, data=jpeg, content_type="image/jpeg").status_code == 204
