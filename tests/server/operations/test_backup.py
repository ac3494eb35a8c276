"""A backup is taken while the server serves, is complete or not there, and holds no key and no journal."""

import base64
import hashlib
import json
import stat
from pathlib import Path

import pytest

from server.operations import backup as backups
from server.operations import postgresql
from server.operations.backup import back_up, prune
from server.operations.errors import BackupDamaged, BackupFailed
from server.operations.manifest import Manifest, backups_in


def contents(folder):
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


@pytest.mark.both_databases
def test_a_backup_lists_every_file_with_its_hash_and_verifies(server, patient, with_photo):
    with_photo(patient)
    backup = server.back_up()
    manifest = Manifest.read(backup)
    manifest.verify(backup)
    files = contents(backup)
    assert set(files) == {*manifest.files, "manifest.json"}
    for name, file in manifest.files.items():
        assert hashlib.sha256(files[name].read_bytes()).hexdigest() == file.sha256
    assert sum(name.startswith("photos/") for name in files) == 1


@pytest.mark.both_databases
def test_no_secret_is_in_a_backup(server, patient, with_photo, jpeg, config):
    with_photo(patient)
    patient.send({"visits": {"deleted": ["visit-0001"]}})
    with_photo(patient, 2)
    data = b"".join(path.read_bytes() for path in contents(server.back_up()).values())
    secrets = [config.secret_key.encode(), patient.token.encode(), jpeg[200:260]]
    for path in config.key_dir.iterdir():
        secret = path.read_bytes().strip()
        secrets += [secret, base64.b64decode(secret)] if path.name == "master.key" else [secret] if secret else []
    assert len(secrets) >= 6
    assert not [secret for secret in secrets if secret in data]
    assert not [name for name in contents(server.folder) if "journal" in name]


def test_files_that_are_the_same_are_kept_once(server, patient, with_photo, other_jpeg):
    with_photo(patient, 1)
    first = server.back_up()
    with_photo(patient, 2, other_jpeg)
    second = server.back_up()
    before, after = (
        {name: path.stat().st_ino for name, path in contents(each).items() if name.startswith("photos/")}
        for each in (first, second)
    )
    assert (len(before), len(after)) == (1, 2)
    assert before.items() <= after.items()
    Manifest.read(second).verify(second)


def test_a_photo_in_a_backup_is_no_other_name_of_the_stores_file(server, patient, with_photo, config):
    with_photo(patient)
    backup = server.back_up()
    inodes = {path.stat().st_ino for path in config.photo_dir.rglob("*") if path.is_file()}
    assert not inodes & {path.stat().st_ino for path in contents(backup).values()}


@pytest.mark.parametrize("step", ["copy_photos", "hashed", "to_disk"])
def test_a_backup_that_is_cut_off_is_not_there_and_the_next_clears_it_up(server, patient, monkeypatch, step):
    class Killed(BaseException):
        pass

    def killed(*_):
        raise Killed

    with monkeypatch.context() as fault, pytest.raises(Killed):
        fault.setattr(backups, step, killed)
        fault.setattr(backups.shutil, "rmtree", lambda *_, **__: None)
        server.back_up()
    assert backups_in(server.folder) == []
    assert list(server.folder.glob("*.partial"))
    assert backups_in(server.folder) == [] and server.back_up() == backups_in(server.folder)[0]
    assert not list(server.folder.glob("*.partial"))


def test_a_full_disk_leaves_no_backup_and_says_so(server, patient, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "copy_photos", full)
    with pytest.raises(BackupFailed, match="No space left"):
        server.back_up()
    assert list(server.folder.glob("acnetrack-*")) == []


def test_two_backups_into_one_folder_take_turns(server, patient, config, monkeypatch):
    def second(*_):
        back_up(config, server.folder)

    monkeypatch.setattr(backups, "_fill", second)
    with pytest.raises(BackupFailed, match="Another backup"):
        server.back_up()


def test_keys_inside_the_photo_folder_are_refused(server, config):
    inside = backups.Config(**{**vars(config), "key_dir": config.photo_dir / "keys"})
    with pytest.raises(BackupFailed, match="ACNETRACK_KEY_DIR is inside"):
        back_up(inside, server.folder)


def test_a_database_of_something_else_is_not_backed_up(server, config, tmp_path):
    other = backups.Config(**{**vars(config), "database_url": f"sqlite:///{tmp_path / 'other.db'}"})
    with pytest.raises(BackupFailed, match="not this server's"):
        back_up(other, server.folder)


def test_old_backups_go_only_when_that_is_asked_for_and_never_the_newest(server, patient, config, clock):
    first, second = server.back_up(), server.back_up()
    clock.pass_by(days=config.backup_retention_days + 1)
    third = server.back_up()
    assert backups_in(server.folder) == [first, second, third]
    assert prune(server.folder, config, clock) == [first, second]
    clock.pass_by(days=100)
    assert prune(server.folder, config, clock) == []
    assert backups_in(server.folder) == [third]


def test_photos_in_a_bucket_are_named_as_the_operators_to_keep(server, config, patient):
    bucket = backups.Config(**{**vars(config), "photo_store": "s3://photos/acnetrack"})
    manifest = Manifest.read(back_up(bucket, server.folder))
    assert "s3://photos/acnetrack" in manifest.photos
    assert "versioning" in manifest.photos
    assert [Path(name).stem for name in manifest.files] == ["database"]


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"format": 99}', json.dumps({"format": 1, "files": {"x": 3}}), "\x00"]
)
def test_a_manifest_that_is_none_is_refused_with_its_folder(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(BackupDamaged, match=str(tmp_path.name)):
        Manifest.read(tmp_path)


def test_pg_dump_that_is_missing_is_named_with_the_remedy(monkeypatch, tmp_path):
    monkeypatch.setattr(postgresql, "Path", lambda *_: tmp_path)
    monkeypatch.setattr(postgresql.shutil, "which", lambda _: None)
    with pytest.raises(BackupFailed, match="pg_dump is not installed; install the postgresql-client"):
        postgresql.PostgresqlDatabase("postgresql://nobody@localhost/none").copy_to(tmp_path / "dump")


def test_only_the_operator_reads_a_backup(server, patient):
    assert stat.S_IMODE(server.back_up().stat().st_mode) == 0o700
