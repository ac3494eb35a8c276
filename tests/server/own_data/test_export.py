"""Everything of a person in one zip that explains itself, and that another server takes in as it is."""

import hashlib
import io
import json
import tracemalloc
import warnings
import zipfile
from dataclasses import replace

import pytest

from server.application.factory import create_app
from server.foundation import db
from server.migrations.runner import upgrade
from server.own_data import importing
from server.own_data.archive import Archive, ExportDamaged, ExportOfOtherVersion, ExportTooLarge, NotAnExport
from server.own_data.export import NOT_EXPORTED, SECRETS, exported
from server.own_data.importing import AccountExists, RecordRefused, import_export
from server.own_data.ownership import NOBODYS
from server.people.accounts.models import User
from tests.server.conftest import Person
from tests.server.operations.conftest import stop


@pytest.fixture
def lived(patient, dermatologist, with_photo, other_jpeg, visit_row, course_row, assessment_row):
    """A patient with a row in every table that is pulled, tombstones among them."""
    with_photo(patient, 1)
    with_photo(patient, 2, other_jpeg)
    when = {"recorded_at": "2026-03-01T08:30:00+01:00"}
    rejected = patient.push(
        visits=[visit_row("visit-gone", note="Lost?"), visit_row("visit-0003", note="Früh, 🌞", amends="visit-0001")],
        assessments=[assessment_row()],
        treatment_courses=[course_row(), course_row("course-0002", stopped_on="2026-02-01")],
        check_ins=[{"id": "checkin-1", "itch": 3, "bother": 8, **when}],
        side_effects=[{"id": "effect-1", "what": "dry lips", "severity": 2, "started_on": "2026-02-01"}],
        spots=[{"id": "spot-0001", "visit_id": "visit-0001", "photo_id": "photo-0001", "x": 0.1, "y": 2 / 3}],
        intakes=[{"id": "intake-01", "course_id": "course-0001", "taken": True, **when}],
        reminders=[{"id": "reminder1", "title": "Cream", "time_of_day": "21:00", "weekdays": "135", "active": True}],
        profiles=[{"id": "the-profile", "skin_type": 3}],
    )
    assert rejected == []
    patient.send({"visits": {"deleted": ["visit-gone"]}, "treatment_courses": {"deleted": ["course-0002"]}})
    patient.share_with(dermatologist)
    assert dermatologist.post(f"{patient.timeline}/notes", json={"text": "Go on."}).status_code == 201
    assert dermatologist.get(f"{patient.timeline}/sync").status_code == 200
    return patient


@pytest.fixture
def export(tmp_path):
    """Downloads somebody's export to a file."""

    def download(someone):
        answer = someone.get("/v1/account/export")
        assert answer.status_code == 200
        assert answer.mimetype == "application/zip"
        path = tmp_path / "export.zip"
        path.write_bytes(answer.data)
        return path

    return download


@pytest.fixture
def elsewhere(request, config, clock, tmp_path):
    """Another server, empty, on a database of the same kind."""
    if config.database_url.startswith("sqlite"):
        url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    else:
        server = request.getfixturevalue("postgresql")
        url = server.url(name := server.create())
        request.addfinalizer(lambda: server.drop(name))
    folders = {name: tmp_path / f"elsewhere-{name}" for name in ("photo_dir", "key_dir")}
    journal = f"sqlite:///{tmp_path / 'elsewhere.journal.db'}"
    app = create_app(replace(config, database_url=url, journal_url=journal, **folders), clock)
    app.testing = True
    upgrade(app.extensions["acnetrack.engine"])
    yield app
    stop(app)


def take_in(app, path):
    with app.app_context():
        return import_export(path)


def packed(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def sign_in(app, someone, done):
    client = app.test_client()
    body = {"email": someone.email, "password": done.password, "name": "New phone"}
    answer = client.post("/v1/devices", json=body)
    assert answer.status_code == 201, answer.json
    return Person(client, someone.id, someone.email, answer.json["token"], answer.json["id"], someone.timeline_id)


@pytest.mark.both_databases
def test_another_server_gives_the_same_timeline_and_the_same_photos(lived, export, elsewhere):
    done = take_in(elsewhere, export(lived))
    moved = sign_in(elsewhere, lived, done)
    before, after = lived.pull(limit=2000), moved.pull(limit=2000)
    assert after["changes"] == before["changes"]
    assert all(after["changes"][table]["updated"] for table in after["changes"] if table != "model_notices")
    assert after["timestamp"] % 2**32 == before["timestamp"] % 2**32
    for photo in ("photo-0001", "photo-0002"):
        address = f"{lived.timeline}/photos/{photo}"
        assert moved.get(address).data == lived.get(address).data
    before_it, after_it = (each.get(f"{lived.timeline}/accesses").json for each in (lived, moved))
    assert [each["what"] for each in after_it["accesses"]] == [each["what"] for each in before_it["accesses"]]
    assert after_it["access_log"] == before_it["access_log"]


def test_a_phone_of_before_posts_what_it_has_and_nothing_is_doubled(lived, export, elsewhere, visit_row):
    cursor = lived.pull()["timestamp"]
    moved = sign_in(elsewhere, lived, take_in(elsewhere, export(lived)))
    answer = moved.get(f"{lived.timeline}/sync", query_string={"last_pulled_at": cursor})
    assert (answer.status_code, answer.json["reason"]) == (410, "restored")
    before = moved.pull()
    owned = ("visits", "photos", "assessments", "treatment_courses")
    assert moved.push(**{table: before["changes"][table]["updated"] for table in owned}) == []
    assert moved.pull() == before


@pytest.mark.both_databases
def test_every_file_has_its_checksum_and_every_table_its_file(lived, export):
    files = packed(export(lived))
    sums = dict(reversed(line.split("  ", 1)) for line in files.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    tables = set(db.Base.metadata.tables) - {*NOT_EXPORTED, *NOBODYS}
    assert {name[5:-5] for name in files if name.startswith("data/")} == {*tables, "people"}
    people = json.loads(files["data/people.json"])
    assert {person["name"] for person in people} >= {"Dr. Ito"}
    assert b"in any viewer" in files["README.txt"]


def test_photos_are_in_it_as_they_are_served_and_named_by_their_record(lived, export):
    files = packed(export(lived))
    photos = {row["id"]: row["file"] for row in json.loads(files["data/photos.json"])}
    assert photos == {"photo-0001": "photos/00001-front.jpg", "photo-0002": "photos/00002-front.jpg"}
    for photo, name in photos.items():
        assert files[name] == lived.get(f"{lived.timeline}/photos/{photo}").data


def test_no_secret_is_in_an_export(app, lived, export):
    data = b"".join(packed(export(lived)).values())
    with app.app_context():
        secret = {db.session().get(User, lived.id).password_hash, lived.token}
    assert not [each for each in secret if each.encode() in data]


def test_every_column_that_sounds_secret_is_left_out_or_said_not_to_be():
    telling = ("sha256", "hash", "secret", "key", "hmac", "token", "code", "header")
    not_secret = {"photos.sha256", "access_links.hash"}
    for table in db.Base.metadata.sorted_tables:
        for column in table.columns:
            named = f"{table.name}.{column.name}"
            if any(word in column.name for word in telling) and column.name != "model_sha256":
                assert column.name in SECRETS or named in not_secret, named


def test_a_dermatologists_export_holds_no_patients_records(lived, dermatologist, export):
    files = packed(export(dermatologist))
    assert json.loads(files["data/users.json"])[0]["email"] == dermatologist.email
    data = b"".join(files.values())
    assert b"Go on." not in data
    assert lived.timeline_id.encode() not in data


def test_memory_stays_the_same_however_much_there_is(app, patient, visit_row, assessment, assessment_row):
    def peak():
        with app.app_context():
            user = db.session().get(User, patient.id)
            tracemalloc.start()
            size = sum(map(len, exported(user)))
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        return size, most

    (photo,) = assessment["photos"]
    long = json.dumps({**assessment, "photos": [{**photo, "lesions": photo["lesions"] * 50}]})
    rows = 0
    figures = []
    for count in (200, 800):
        patient.push(visits=[visit_row(f"visit-{n:05}") for n in range(rows, count)])
        for start in range(rows, count, 200):
            some = range(start, start + 200)
            made = [assessment_row(f"assess-{n:05}", visit_id=f"visit-{n:05}", result=long) for n in some]
            assert patient.push(assessments=made) == []
        rows = count
        figures.append(peak())
    (_, few), (_, many) = figures
    assert many < 1.5 * few


def rebuilt(path, change, fix_sums=True):
    """The zip with other files in it; its checksums are those of the new files unless a test breaks them."""
    files = packed(path)
    change(files)
    if fix_sums:
        files.pop("SHA256SUMS", None)
        sums = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items()]
        files["SHA256SUMS"] = "".join(sums).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def in_table(table, **columns):
    """A change of the first row of a table."""

    def change(files):
        name = f"data/{table}.json"
        rows = json.loads(files[name])
        rows[0] = {**rows[0], **columns}
        files[name] = ("[\n" + ",\n".join(map(json.dumps, rows)) + "\n]\n").encode()

    return change


def described(**fields):
    def change(files):
        files["export.json"] = json.dumps({**json.loads(files["export.json"]), **fields}).encode()

    return change


def png_for_jpeg(files):
    files["photos/00001-front.jpg"] = b"\x89PNG\r\n\x1a\n" + bytes(100)


HOSTILE = {
    "a file that climbs out": (lambda files: files.update({"../../evil.sh": b"x"}), NotAnExport),
    "an absolute path": (lambda files: files.update({"/etc/passwd": b"x"}), NotAnExport),
    "a file of no export": (lambda files: files.update({"photos/evil.svg": b"x"}), NotAnExport),
    "a bomb": (lambda files: files.update({"data/visits.json": b" " * 13_000_000}), ExportTooLarge),
    "a bomb that describes": (lambda files: files.update({"export.json": b" " * 70_000}), ExportTooLarge),
    "one endless line": (lambda files: files.update({"data/visits.json": b"[" * 9_000_000}), ExportDamaged),
    "no JSON": (lambda files: files.update({"data/visits.json": b"[\n{\n]\n"}), ExportDamaged),
    "deep JSON": (lambda files: files.update({"data/visits.json": b"[\n" + b"[" * 100_000 + b"\n]\n"}), ExportDamaged),
    "no export.json": (lambda files: files.pop("export.json"), NotAnExport),
    "an export.json of nothing": (lambda files: files.update({"export.json": b"[]"}), NotAnExport),
    "another database version": (described(schema="0001"), ExportOfOtherVersion),
    "another format": (described(format="other"), ExportOfOtherVersion),
    "a photo that is none": (png_for_jpeg, RecordRefused),
    "a photo that is missing": (lambda files: files.pop("photos/00001-front.jpg"), ExportDamaged),
    "a photo elsewhere": (in_table("photos", file="../../etc/passwd"), ExportDamaged),
    "a photo of another size": (in_table("photos", width_px=7), RecordRefused),
    "a value of a wrong kind": (in_table("visits", guided="yes"), RecordRefused),
    "a record of another timeline": (in_table("visits", timeline_id="f" * 32), RecordRefused),
    "an unknown column": (in_table("visits", surprise=1), RecordRefused),
    "a rule that is broken": (in_table("visits", recorded_at="yesterday"), RecordRefused),
    "an id of no record": (in_table("visits", id="x"), RecordRefused),
    "a place past the end": (in_table("visits", rev=10**9), RecordRefused),
    "two records in one place": (in_table("check_ins", rev=1), RecordRefused),
    "a timeline's id that is a path": (in_table("timelines", id="../../x"), RecordRefused),
    "another role": (in_table("users", role="dermatologist"), RecordRefused),
    "a reading out of the chain": (in_table("access_links", n=7), RecordRefused),
}


def test_a_hostile_export_is_refused_by_name_and_nothing_is_left_of_it(lived, export, elsewhere, monkeypatch):
    monkeypatch.setattr("server.own_data.archive.MOST_DATA_BYTES", 12_000_000)
    path = export(lived)
    honest = path.read_bytes()
    for case, (change, error) in HOSTILE.items():
        path.write_bytes(honest)
        try:
            take_in(elsewhere, rebuilt(path, change))
        except error:
            pass
        else:
            pytest.fail(f"{case} was taken in")
        with elsewhere.app_context():
            assert db.session().query(User).count() == 0, case
        folder = elsewhere.extensions["acnetrack.config"].photo_dir
        assert not [each for each in folder.rglob("*") if each.is_file()], case


def test_a_file_that_was_changed_is_named(lived, export, elsewhere):
    path = rebuilt(export(lived), lambda files: files.update({"README.txt": b"changed"}), fix_sums=False)
    with pytest.raises(ExportDamaged, match=r"README\.txt"):
        take_in(elsewhere, path)


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04" + bytes(100)])
def test_a_file_that_is_no_zip_is_refused(elsewhere, tmp_path, data):
    (tmp_path / "export.zip").write_bytes(data)
    with pytest.raises(NotAnExport, match=r"export\.zip"):
        take_in(elsewhere, tmp_path / "export.zip")


def test_a_zip_with_two_files_of_one_name_is_refused(lived, export, elsewhere):
    path = export(lived)
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("data/visits.json", b"[\n]\n")
    with pytest.raises(NotAnExport, match="two files"):
        take_in(elsewhere, path)


def test_a_zip_that_was_cut_off_is_refused(lived, export, elsewhere):
    path = export(lived)
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(NotAnExport):
        take_in(elsewhere, path)


def test_an_account_that_is_there_is_not_imported_again(app, lived, export):
    with pytest.raises(AccountExists, match="already"):
        take_in(app, export(lived))


def test_an_account_that_was_erased_here_is_not_brought_back_here(app, lived, export):
    path = export(lived)
    lived.post("/v1/account/erasure", json={"password": "correct horse battery"})
    with pytest.raises(AccountExists, match="another server"):
        take_in(app, path)


def test_a_kill_half_way_leaves_no_record(lived, export, elsewhere, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(*_):
        raise Killed

    path = export(lived)
    with monkeypatch.context() as fault, pytest.raises(Killed):
        fault.setattr(importing, "_add_timeline", killed)
        take_in(elsewhere, path)
    assert take_in(elsewhere, path).photos == 2


def test_an_export_without_a_token_is_refused(client):
    assert client.get("/v1/account/export").status_code == 401
    assert io.BytesIO(client.get("/v1/account/export").data).read(2) != b"PK"


def test_checksums_that_would_fill_the_memory_are_not_read(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("export.json", b"{}")
        with bomb.open("SHA256SUMS", "w") as sums:
            for _ in range(64):
                sums.write(bytes(2**20))
    assert path.stat().st_size < 100_000
    tracemalloc.start()
    with pytest.raises(ExportTooLarge):
        Archive(path, "0001", 1000)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()
