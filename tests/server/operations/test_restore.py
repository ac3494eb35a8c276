"""After a restore nothing that was acknowledged is lost, for the phones bring it, and nothing deleted is back."""

import shutil
from dataclasses import replace

import pytest

from server.delivery import publishing
from server.foundation.journal.recording import record
from server.operations import restore as restoring
from server.operations.errors import BackupDamaged, RestoreFailed, ServerRunning, TargetNotEmpty
from server.operations.manifest import Manifest
from server.operations.restore import restore
from tests.server.operations.conftest import stop

EPOCH = 2**32
HOURS = 10209
"""From 2025-01-01 to the tests' 2026-03-02T09:30 in UTC."""


class Phone:
    """A device with its own copy of a timeline, that follows the rules for clients."""

    def __init__(self, person):
        self.person, self.rows, self.cursor = person, {}, 0
        self.unsent: dict[str, list[dict]] = {}

    def write(self, table, row):
        self.rows[table, row["id"]] = row
        self.unsent.setdefault(table, []).append(row)

    def delete(self, table, record_id):
        self.rows.pop((table, record_id))
        answer = self.person.send({table: {"deleted": [record_id]}}, self.cursor)
        assert answer == []

    def sync(self):
        """Push, pull; where the server says that it lost writes, post everything first."""
        path, query = f"{self.person.timeline}/sync", {"last_pulled_at": self.cursor}
        answer = self.person.get(path, query_string=query)
        reason = answer.json.get("reason")
        if answer.status_code == 410:
            assert reason == "restored"
            everything = {}
            for (table, _), row in self.rows.items():
                everything.setdefault(table, []).append(row)
            self.rejected = self.person.push(**everything)
            self.rows, self.cursor, self.unsent = {}, 0, {}
        elif self.unsent:
            assert self.person.send({t: {"created": rows} for t, rows in self.unsent.items()}, self.cursor) == []
            self.unsent = {}
        page = self.person.pull(self.cursor)
        assert not page["has_more"]
        for table, part in page["changes"].items():
            self.rows.update({(table, row["id"]): row for row in part["updated"]})
            for record_id in part["deleted"]:
                self.rows.pop((table, record_id), None)
        self.cursor = page["timestamp"]
        return reason

    @property
    def ids(self):
        return {record_id for _, record_id in self.rows}


@pytest.fixture
def phones(patient):
    return Phone(patient), Phone(patient.on_another_device())


@pytest.mark.both_databases
def test_two_phones_and_the_server_agree_after_a_restore_and_nothing_deleted_is_back(
    server, phones, visit_row, course_row, photo_row
):
    first, second = phones
    for number in range(4):
        first.write("visits", visit_row(f"visit-{number:04}"))
    first.write("photos", photo_row(id="photo-0000", visit_id="visit-0000"))
    first.write("treatment_courses", course_row())
    place = {"photo_id": "photo-0000", "x": 0.1, "y": 0.2, "still_there": None, "note": None}
    first.write("spots", {"id": "spot-0000", "visit_id": "visit-0000", **place})
    for effect in ("effect-kept", "effect-deleted"):
        span = {"started_on": "2026-02-01", "ended_on": None, "course_id": None, "note": None}
        first.write("side_effects", {"id": effect, "what": "dry lips", "severity": 2, **span})
    first.sync(), second.sync()
    backup = server.back_up()
    first.write("visits", visit_row("later-kept"))
    first.write("visits", visit_row("later-deleted"))
    first.sync(), second.sync()
    first.delete("visits", "visit-0000")  # with its photo and the spot on it
    second.delete("side_effects", "effect-deleted")
    second.delete("visits", "later-deleted")  # which the backup never had
    second.write("visits", visit_row("never-sent"))  # offline since

    server.restore(backup)
    server.reach(first.person, second.person)
    assert first.sync() == "restored"
    assert first.rejected == [] or {each["code"] for each in first.rejected} == {"gone"}
    assert second.sync() == "restored"
    assert first.sync() is None
    expected = {"visit-0001", "visit-0002", "visit-0003", "later-kept", "never-sent", "course-0001", "effect-kept"}
    assert first.ids == second.ids == expected
    assert first.rows == second.rows
    page = first.person.pull()
    assert {"visit-0000", "later-deleted"} <= set(page["changes"]["visits"]["deleted"])
    for table, record_id in (("photos", "photo-0000"), ("spots", "spot-0000"), ("side_effects", "effect-deleted")):
        assert record_id in page["changes"][table]["deleted"]


def test_the_epoch_is_the_hours_since_2025_or_one_more_than_any_before(server, patient, visit_row):
    patient.push(visits=[visit_row()])
    backup = server.back_up()
    for expected in (HOURS, HOURS + 1, HOURS + 2):
        server.restore(backup)
        server.reach(patient)
        assert divmod(patient.pull()["timestamp"], EPOCH) == (expected, 1)
    server.clock.pass_by(hours=1000)
    server.restore(backup)
    server.reach(patient)
    assert patient.pull()["timestamp"] // EPOCH == HOURS + 1000


def test_a_cursor_of_the_lost_future_is_refused_though_as_many_rows_were_written_again(server, patient, visit_row):
    backup = server.back_up()
    server.restore(backup)
    server.reach(patient)
    patient.push(visits=[visit_row("visit-lost")])
    cursor = patient.pull()["timestamp"]
    server.restore(backup)  # within the same hour
    server.reach(patient)
    patient.push(visits=[visit_row("visit-other")])
    answer = patient.get(f"{patient.timeline}/sync", query_string={"last_pulled_at": cursor})
    assert (answer.status_code, answer.json["reason"]) == (410, "restored")


def test_a_journal_that_names_what_is_never_deleted_is_refused_and_nothing_is_put_in_place(server, patient, visit_row):
    backup = server.back_up()
    patient.push(visits=[visit_row()])
    with server.app.app_context():
        record("deleted", patient.timeline_id, ["profile-0001"], "profiles")
    with pytest.raises(RestoreFailed, match="deleted profiles"):
        server.restore(backup)
    assert patient.pull()["changes"]["visits"]["updated"]


@pytest.mark.both_databases
def test_a_photo_is_there_again_byte_for_byte_and_a_deleted_one_is_not(server, patient, with_photo, other_jpeg, config):
    with_photo(patient, 1)
    with_photo(patient, 2, other_jpeg)
    backup = server.back_up()
    before = patient.get(f"{patient.timeline}/photos/photo-0001").data
    patient.send({"visits": {"deleted": ["visit-0002"]}})
    shutil.rmtree(config.photo_dir)
    server.restore(backup)
    server.reach(patient)
    assert patient.get(f"{patient.timeline}/photos/photo-0001").data == before
    assert patient.get(f"{patient.timeline}/photos/photo-0002").json["code"] == "gone"
    assert len([path for path in config.photo_dir.rglob("*") if path.is_file()]) == 1


def test_a_photo_whose_bytes_are_gone_is_asked_for_again(server, patient, with_photo, jpeg, config):
    with_photo(patient)
    backup = server.back_up()
    for path in [*config.photo_dir.rglob("*"), *(backup / "photos").rglob("*")]:
        if path.is_file():
            path.unlink()
    manifest = backup / "manifest.json"
    written = Manifest.read(backup)
    files = {name: file for name, file in written.files.items() if not name.startswith("photos/")}
    manifest.write_text(replace(written, files=files).to_json())
    assert server.restore(backup).replayed.missing_photos == 1
    server.reach(patient)
    (row,) = patient.pull()["changes"]["photos"]["updated"]
    assert row["uploaded"] is False
    sent = patient.put(f"{patient.timeline}/photos/photo-0001", data=jpeg, content_type="image/jpeg")
    assert sent.status_code == 204
    assert patient.pull()["changes"]["photos"]["updated"][0]["uploaded"] is True


@pytest.mark.both_databases
def test_what_was_revoked_after_the_backup_stays_revoked(server, patient, dermatologist, visit_row):
    patient.push(visits=[visit_row()])
    grant, stolen = patient.share_with(dermatologist), patient.on_another_device()
    backup = server.back_up()
    patient.delete(f"{patient.timeline}/grants/{grant}")
    patient.delete(f"/v1/devices/{stolen.device_id}")
    server.restore(backup)
    server.reach(patient, dermatologist, stolen)
    assert dermatologist.get(f"{patient.timeline}/sync").json["code"] == "grant_ended"
    assert stolen.get("/v1/timelines").status_code == 401
    assert patient.get("/v1/timelines").status_code == 200


def test_a_grant_that_was_narrowed_after_the_backup_ends(server, patient, dermatologist):
    patient.share_with(dermatologist, scope="photos")
    backup = server.back_up()
    patient.share_with(dermatologist, scope="records")
    server.restore(backup)
    server.reach(patient, dermatologist)
    assert dermatologist.get(f"{patient.timeline}/sync").json["code"] == "grant_ended"


def test_a_grant_that_was_narrowed_before_the_backup_goes_on(server, patient, dermatologist):
    patient.share_with(dermatologist, scope="photos")
    patient.share_with(dermatologist, scope="records")
    server.restore(server.back_up())
    server.reach(patient, dermatologist)
    assert dermatologist.get(f"{patient.timeline}/sync").status_code == 200


def test_a_dermatologist_pulls_everything_again(server, patient, dermatologist, visit_row):
    patient.push(visits=[visit_row()])
    patient.share_with(dermatologist)
    cursor = dermatologist.get(f"{patient.timeline}/sync").json["timestamp"]
    server.restore(server.back_up())
    server.reach(patient, dermatologist)
    answer = dermatologist.get(f"{patient.timeline}/sync", query_string={"last_pulled_at": cursor})
    assert (answer.status_code, answer.json["reason"]) == (410, "scope")


def test_an_invitation_that_may_have_been_used_is_void(server, patient, dermatologist):
    invitation = patient.post(f"{patient.timeline}/grants", json={"invitation": True}).json
    server.restore(server.back_up())
    server.reach(patient, dermatologist)
    assert dermatologist.post("/v1/grants", json={"code": invitation["code"]}).json["code"] == "invitation_unknown"


@pytest.mark.both_databases
def test_a_server_that_runs_is_not_restored_over(server, patient, config):
    backup = server.back_up()
    with pytest.raises(ServerRunning, match="stop every server"):
        restore(config, backup, over=True)


@pytest.mark.both_databases
def test_records_are_only_replaced_when_that_is_asked_for(server, patient, config):
    backup = server.back_up()
    server.restore(backup)
    engine = server.app.extensions["acnetrack.engine"]
    engine.dispose()
    with pytest.raises(TargetNotEmpty, match="--replace"):
        restore(config, backup)
    assert patient.get("/v1/timelines").status_code == 200


@pytest.mark.both_databases
def test_a_backup_that_was_changed_is_refused_and_nothing_touched(server, patient, visit_row):
    backup = server.back_up()
    patient.push(visits=[visit_row()])
    (copy,) = backup.glob("database.*")
    data = bytearray(copy.read_bytes())
    data[len(data) // 2] ^= 1
    copy.write_bytes(data)
    with pytest.raises(BackupDamaged, match="damaged"):
        server.restore(backup)
    assert patient.pull()["changes"]["visits"]["updated"]


def test_a_folder_without_a_backup_is_refused(config, tmp_path):
    with pytest.raises(BackupDamaged, match="holds none"):
        restore(config, tmp_path)


def test_photos_without_their_keys_are_not_restored(server, patient, with_photo, config):
    with_photo(patient)
    backup = server.back_up()
    shutil.rmtree(config.key_dir)
    with pytest.raises(RestoreFailed, match="ACNETRACK_KEY_DIR"):
        server.restore(backup)


@pytest.mark.parametrize(
    ("database_url", "step"),
    [("sqlite", "add_missing"), ("sqlite", "replay"), ("postgresql", "replay"), ("sqlite", "_require_keys")],
    indirect=["database_url"],
)
def test_killed_half_way_the_old_state_is_there_and_the_next_restore_succeeds(
    server, patient, visit_row, monkeypatch, step
):
    patient.push(visits=[visit_row("visit-0001")])
    backup = server.back_up()
    patient.push(visits=[visit_row("visit-0002")])

    class Killed(BaseException):
        pass

    def killed(*_):
        raise Killed

    with monkeypatch.context() as fault:
        fault.setattr(restoring, step, killed)
        with pytest.raises(Killed):
            server.restore(backup)
    assert [row["id"] for row in patient.pull()["changes"]["visits"]["updated"]] == ["visit-0001", "visit-0002"]
    server.restore(backup)
    server.reach(patient)
    assert [row["id"] for row in patient.pull()["changes"]["visits"]["updated"]] == ["visit-0001"]


def test_a_backup_whose_journal_is_lost_is_only_restored_when_that_is_said(server, patient, config, clock):
    backup = server.back_up()
    stop(server.app)
    for path in config.photo_dir.parent.glob("acnetrack.journal.db*"):
        path.unlink()
    with pytest.raises(RestoreFailed, match="--journal-lost"):
        server.restore(backup)
    restore(config, backup, over=True, any_journal=True, clock=clock)
    assert patient.get("/v1/timelines").status_code == 200


def test_a_model_that_was_blocked_after_the_backup_stays_blocked(server, config, make_bundle):
    with server.app.app_context():
        publishing.publish(make_bundle("9.9.0"))
    backup = server.back_up()
    with server.app.app_context():
        publishing.publish(make_bundle("9.9.1"))
        for version in ("9.9.0", "9.9.1"):
            publishing.block("lesions", version)
    server.restore(backup)
    with server.app.app_context():
        blocked = {offer.bundle.name for offer in publishing.listed("lesions") if offer.blocked}
        assert blocked == {"9.9.0", "9.9.1"}
        with pytest.raises(publishing.VersionBlocked):
            publishing.set_rollout("lesions", "9.9.0", 100)
