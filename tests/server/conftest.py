"""A migrated server on a real database, and people who use it."""

import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from mobile_models.bundle import RELEASED, write_manifest
from mobile_models.lesions import COUNTED, TYPES
from mobile_models.signature import public_key_text, sign_manifest
from server.application.factory import create_app
from server.foundation import db
from server.foundation.config import Config
from server.migrations.runner import upgrade
from server.people.accounts import passwords
from tests.compiled import compile_once
from tests.emptied import Emptied
from tests.invited import invitation
from tests.postgresql import PostgreSQL

PASSWORD = "correct horse battery"
DATABASE = os.environ.get("TEST_DATABASE", "sqlite")
"""On which every other test runs: `TEST_DATABASE=postgresql python -m pytest tests/server` runs all of them there."""


class SetClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant

    def pass_by(self, **duration: float) -> None:
        self.instant += timedelta(**duration)


@dataclass
class Person:
    """Somebody with an account, signed in on one device."""

    client: FlaskClient
    id: str
    email: str
    token: str
    device_id: str
    timeline_id: str | None = None

    @property
    def timeline(self) -> str:
        """The address of a patient's own timeline."""
        return f"/v1/timelines/{self.timeline_id}"

    def call(self, method: str, path: str, **kwargs: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **kwargs.pop("headers", {})}
        return self.client.open(path, method=method, headers=headers, **kwargs)

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.call("GET", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> TestResponse:
        return self.call("POST", path, **kwargs)

    def put(self, path: str, **kwargs: Any) -> TestResponse:
        return self.call("PUT", path, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> TestResponse:
        return self.call("DELETE", path, **kwargs)

    def on_another_device(self) -> "Person":
        return sign_in(self.client, self.id, self.email, self.timeline_id)

    def push(self, **changes: Any) -> list[dict[str, Any]]:
        """Push `table=[row, …]` as created, and return the rejections."""
        return self.send({table: {"created": rows} for table, rows in changes.items()})

    def send(self, changes: Any, cursor: int | None = None) -> list[dict[str, Any]]:
        """Push changes in the wire shape, and return the rejections."""
        answer = self.post(f"{self.timeline}/sync", json=changes, query_string={"last_pulled_at": cursor or 0})
        assert answer.status_code == 200, answer.json
        return list(answer.json["rejected"])

    def pull(self, cursor: int = 0, **query: Any) -> Any:
        """Pull the own timeline, and return the answer's body."""
        answer = self.get(f"{self.timeline}/sync", query_string={"last_pulled_at": cursor, **query})
        assert answer.status_code == 200, answer.json
        return answer.json

    def share_with(self, dermatologist: "Person", **terms: Any) -> str:
        """Share the own timeline and return the grant's id."""
        answer = self.post(f"{self.timeline}/grants", json={"email": dermatologist.email, **terms})
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])


def sign_in(client: FlaskClient, user_id: str, email: str, timeline_id: str | None) -> Person:
    answer = client.post("/v1/devices", json={"email": email, "password": PASSWORD, "name": "Phone"})
    assert answer.status_code == 201, answer.json
    return Person(client, user_id, email, answer.json["token"], answer.json["id"], timeline_id)


@pytest.fixture(scope="session", autouse=True)
def passwords_as_served() -> Iterator[PasswordHasher]:
    """What hashes passwords where the server serves; in this process they cost next to nothing."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        served = passwords._hasher
        patch.setattr(passwords, "_hasher", quick)
        patch.setattr(passwords, "_nobody", quick.hash("nobody has this password"))
        yield served


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        compile_once(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def time_to_read() -> Iterator[None]:
    """Let the list of patients be read to its end, however busy the machine is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("server.pages.patient_lines.READING_SECONDS", 600)
        yield


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database of the newest version, to be copied."""
    path = tmp_path_factory.mktemp("database") / "empty.db"
    engine = db.connect(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def signing_key() -> Ed25519PrivateKey:
    """The key that this test's bundles are signed with, and that its server trusts."""
    return Ed25519PrivateKey.generate()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests marked `both_databases` on both; in a module so marked, those that need a database and name none."""
    chosen = metafunc.definition.get_closest_marker("both_databases") and DATABASE == "sqlite"
    named = any("database_url" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "database_url" in metafunc.fixturenames and chosen and not named:
        metafunc.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def emptied(postgresql: PostgreSQL) -> Emptied:
    """The database that this worker's tests on PostgreSQL use one after the other."""
    return Emptied(postgresql)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of the newest version: `DATABASE`, unless a test is parametrised with another."""
    if getattr(request, "param", DATABASE) == "sqlite":
        shutil.copy(request.getfixturevalue("migrated"), tmp_path / "acnetrack.db")
        return f"sqlite:///{tmp_path / 'acnetrack.db'}"
    return request.getfixturevalue("emptied").url()


@pytest.fixture
def config(tmp_path: Path, database_url: str, signing_key: Ed25519PrivateKey) -> Config:
    return Config(
        database_url=database_url,
        photo_dir=tmp_path / "photos",
        key_dir=tmp_path / "keys",
        model_store_dir=tmp_path / "model-store",
        model_public_keys=(public_key_text(signing_key.public_key()),),
    )


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def app(config: Config, clock: SetClock) -> Iterator[Flask]:
    app = create_app(config, clock)
    app.testing = True
    yield app
    app.extensions["acnetrack.engine"].dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def person(app: Flask) -> Callable[..., Person]:
    """Signs somebody up and in: `person("patient")`, `person("dermatologist", name="Dr. Ito")`; adults by default.

    What else the role must say can be given: `person("patient", born_on="2013-03-02", country="DE")`.
    """
    count = 0

    by_role = {"patient": {"born_on": "1990-01-01", "country": "NO"}, "guardian": {"adult": True}}

    def sign_up(role: str, name: str = "Kim", **more: Any) -> Person:
        nonlocal count
        count += 1
        client, email = app.test_client(), more.pop("email", f"{role}{count}@example.org")
        account = {"email": email, "name": name, "password": PASSWORD, "role": role, **by_role.get(role, {}), **more}
        if role == "dermatologist":
            account["invitation"] = invitation(app.extensions["acnetrack.engine"])
        answer = client.post("/v1/accounts", json=account)
        assert answer.status_code == 201, answer.json
        someone = sign_in(client, answer.json["id"], email, None)
        if role == "patient":
            someone.timeline_id = someone.get("/v1/timelines").json["timelines"][0]["id"]
        return someone

    return sign_up


@pytest.fixture
def patient(person: Callable[..., Person]) -> Person:
    return person("patient")


@pytest.fixture
def other_patient(person: Callable[..., Person]) -> Person:
    return person("patient", name="Robin")


@pytest.fixture
def dermatologist(person: Callable[..., Person]) -> Person:
    return person("dermatologist", name="Dr. Ito")


@pytest.fixture
def visit_row() -> Callable[..., dict[str, Any]]:
    """Makes a visit as a phone pushes it; any column can be given."""

    def row(id: str = "visit-0001", **columns: Any) -> dict[str, Any]:
        return {"id": id, "recorded_at": "2026-03-01T08:30:00+01:00", "guided": True, **columns}

    return row


@pytest.fixture
def photo_row() -> Callable[..., dict[str, Any]]:
    """Makes the record of a photo with these bytes."""

    def row(data: bytes = b"", id: str = "photo-0001", **columns: Any) -> dict[str, Any]:
        standard = {"visit_id": "visit-0001", "view": "front", "media_type": "image/jpeg"}
        size = {"sha256": hashlib.sha256(data).hexdigest(), "width_px": 96, "height_px": 128}
        return {"id": id, **standard, **size, **columns}

    return row


@pytest.fixture
def course_row() -> Callable[..., dict[str, Any]]:
    def row(id: str = "course-0001", **columns: Any) -> dict[str, Any]:
        return {"id": id, "name": "Adapalene 0.1 %", "kind": "topical", "started_on": "2026-01-05", **columns}

    return row


@pytest.fixture
def assessment() -> dict[str, Any]:
    """One visit's assessment with a papule in it."""
    nothing = {"value": 0, "low": 0, "high": 2, "expected": 0.4}
    single = {"value": 1, "low": 0, "high": 3, "expected": 1.2}
    lesion = {"type": "papule", "score": 0.5, "box": [10, 10, 20, 20], "zone": "nose", "counted": True}
    return {
        "visit": True,
        "photos": [{"photo": "photo-0001", "view": "front", "guided": True, "lesions": [lesion]}],
        "counts": {name: single if name in ("papule", "inflammatory", "total") else nothing for name in COUNTED},
        "zones": {"nose": {**dict.fromkeys(TYPES, 0), "papule": 1}},
        "grades": {
            "IGA": {"value": 1, "distribution": {"0": 0.3, "1": 0.7}, "basis": "guided face"},
            "Hayashi": {"unavailable": "one view only"},
        },
        "model": {"id": "lesions", "version": "0.1.0", "sha256": "0" * 64},
    }


@pytest.fixture
def assessment_row(assessment: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    def row(id: str = "assess-0001", **columns: Any) -> dict[str, Any]:
        model = {"model_id": "lesions", "model_version": "0.1.0", "model_sha256": "0" * 64}
        when = {"visit_id": "visit-0001", "recorded_at": "2026-03-01T08:31:00+01:00"}
        return {"id": id, **when, **model, "result": json.dumps(assessment), **columns}

    return row


@pytest.fixture
def jpeg() -> bytes:
    """A picture of 96 × 128 pixels, dark above and bright below."""
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((96, 128)).convert("RGB").save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def make_bundle(tmp_path: Path, signing_key: Ed25519PrivateKey) -> Callable[..., Path]:
    """Makes a signed bundle with the released tables: `make_bundle("1.2.0", minimum_app_version="1.0.0")`.

    `files` are its contents by name; by default a model that is only bytes, its labels and a golden input.
    """

    def make(version: str, files: dict[str, bytes] | None = None, **entries: Any) -> Path:
        folder = tmp_path / f"bundle-{version}-{len(list(tmp_path.iterdir()))}"
        standard = {"lesions.float32.tflite": f"TFL3 {version}".encode() * 400, "labels.txt": b"comedo\npapule\n"}
        for name, data in (files or {**standard, "golden/wide.json": b"{}"}).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        released = json.loads((RELEASED / "manifest.json").read_bytes())
        write_manifest(folder, {**released, "default_file": "lesions.float32.tflite", "version": version, **entries})
        sign_manifest(folder, signing_key)
        return folder

    return make
