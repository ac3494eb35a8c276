"""The journal of what stays undone: written before the answer, never forgotten, never twice."""

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from server.foundation.journal.entries import Journal
from server.foundation.journal.recording import journal, record


@pytest.fixture
def entries(app):
    """What the journal holds of an event, as (table, id)."""

    def held(event):
        with app.app_context():
            return {(entry.table, entry.id) for entry in journal().of(event)}

    return held


def deleted(**tables):
    return {table: {"deleted": ids} for table, ids in tables.items()}


@pytest.fixture
def visit(patient, visit_row, photo_row, assessment_row):
    patient.push(visits=[visit_row()], photos=[photo_row()], assessments=[assessment_row()])


@pytest.fixture
def broken(app):
    """A journal that cannot be written until the returned function is called."""
    engine = app.extensions["acnetrack.journal"].engine

    def fail(*_):
        raise OperationalError("INSERT", {}, Exception("disk full"))

    event.listen(engine, "before_cursor_execute", fail)
    yield lambda: event.remove(engine, "before_cursor_execute", fail)


def test_a_deleted_visit_is_journalled_with_all_that_went_along(patient, visit, entries):
    patient.send(deleted(visits=["visit-0001"], treatment_courses=["never-came"]))
    assert entries("deleted") == {
        ("visits", "visit-0001"),
        ("photos", "photo-0001"),
        ("assessments", "assess-0001"),
        ("treatment_courses", "never-came"),
    }


def test_a_deletion_that_was_refused_is_not_journalled(patient, visit, entries):
    assert patient.send(deleted(visits=["short"]))
    assert entries("deleted") == set()


def test_a_deletion_that_cannot_be_journalled_is_not_acknowledged_and_journalled_when_sent_again(
    patient, visit, entries, broken
):
    path, body = f"{patient.timeline}/sync", deleted(visits=["visit-0001"])
    answer = patient.post(path, json=body)
    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (503, "busy", "2")
    assert patient.pull()["changes"]["visits"]["deleted"] == ["visit-0001"]
    broken()
    assert patient.post(path, json=body).status_code == 200
    assert ("visits", "visit-0001") in entries("deleted")


def test_the_same_deletion_again_is_one_entry(app, patient, visit):
    for _ in range(3):
        patient.send(deleted(visits=["visit-0001"]))
    with app.app_context():
        assert len(journal().of("deleted")) == 3  # the visit, its photo and its assessment


def test_a_signed_out_device_is_journalled(patient, entries):
    other = patient.on_another_device()
    patient.delete(f"/v1/devices/{other.device_id}")
    assert entries("device_revoked") == {("", other.device_id)}


def test_a_revoked_grant_is_journalled(patient, dermatologist, entries):
    grant = patient.share_with(dermatologist)
    patient.delete(f"{patient.timeline}/grants/{grant}")
    assert entries("grant_revoked") == {("", grant)}


def test_every_epoch_of_a_grant_is_journalled(app, patient, dermatologist):
    for scope in ("records", "photos"):
        patient.share_with(dermatologist, scope=scope)
    cursor = dermatologist.get(f"{patient.timeline}/sync").json["timestamp"]
    with app.app_context():
        assert journal().highest_epochs() == {patient.timeline_id: cursor >> 32}


def test_a_grant_that_gives_less_than_before_is_journalled(patient, dermatologist, entries):
    grant = patient.share_with(dermatologist, scope="photos")
    assert entries("grant_narrowed") == set()
    patient.share_with(dermatologist, scope="records")
    assert entries("grant_narrowed") == {("", grant)}


def test_the_journal_holds_ids_and_no_person(app, config, patient, visit, dermatologist):
    grant = patient.share_with(dermatologist)
    patient.delete(f"{patient.timeline}/grants/{grant}")
    patient.send(deleted(visits=["visit-0001"]))
    files = b"".join(path.read_bytes() for path in config.photo_dir.parent.glob("acnetrack.journal.db*"))
    assert b"visit-0001" in files
    for personal in (patient.email, dermatologist.email, "Kim", "Ito", patient.token, patient.id, "Adapalene"):
        assert personal.encode() not in files


def test_the_journal_is_a_database_apart(app, config):
    with app.app_context():
        record("erased", "t" * 32, ["u" * 32])
        assert journal().engine.url != app.extensions["acnetrack.engine"].url


def test_an_erasure_takes_the_other_entries_of_its_timeline(app):
    with app.app_context():
        record("deleted", "t" * 32, ["visit-0001"], "visits")
        record("deleted", "s" * 32, ["visit-0001"], "visits")
        record("erased", "t" * 32, ["u" * 32])
        journal().forget_erased()
        assert journal().of("deleted") == [("s" * 32, "visits", "visit-0001", 0)]
        assert journal().of("erased") == [("t" * 32, "", "u" * 32, 0)]


def test_a_journal_of_another_process_is_joined(config, app):
    with app.app_context():
        record("erased", "t" * 32, ["u" * 32])
    other = Journal(config.journal_address)
    assert other.of("erased") == [("t" * 32, "", "u" * 32, 0)]
    other.dispose()


def test_entries_are_on_the_disk_when_recording_returns(app):
    """SQLite says so itself: full synchronisation, which no setting of the journal's connection lowers."""
    with app.app_context(), journal().engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_a_long_deletion_is_one_transaction(app):
    ids = [f"visit-{number:05}" for number in range(2500)]
    with app.app_context():
        record("deleted", "t" * 32, ids, "visits")
        assert [entry.id for entry in journal().of("deleted")] == ids
