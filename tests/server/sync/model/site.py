"""One server on one database, and the people who use it."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import psycopg
from flask import Flask
from sqlalchemy import Engine, select

from server.application.factory import create_app
from server.foundation import db
from server.foundation.config import Config
from server.foundation.db.engines import connect
from server.foundation.journal.recording import journal
from server.migrations.runner import upgrade
from server.operations.backup import back_up
from server.operations.postgresql import OTHERS
from server.operations.restore import restore
from server.people.accounts.models import User
from server.people.credentials import devices
from tests.invited import invitation
from tests.postgresql import PostgreSQL

PEOPLE = {"kim": "patient", "lee": "patient", "ito": "dermatologist"}
SAID = {"patient": {"born_on": "1990-01-01", "country": "NO"}}
START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class SetClock:
    """The server's clock, which stands still until it is moved."""

    def __init__(self) -> None:
        self.instant = START

    def now(self) -> datetime:
        return self.instant

    def pass_by(self, **duration: float) -> None:
        self.instant += timedelta(**duration)


@dataclass(frozen=True)
class SignedIn:
    """A device of a person, and its token."""

    person: str
    device: str
    token: str


class Database(Protocol):
    """A database of the server's that can be made again as it was when it was kept."""

    url: str

    def remember_beginning(self) -> None: ...

    def again(self) -> None: ...

    def await_closed(self) -> None: ...


class SqliteFile:
    """A file in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._path, self._kept = folder / "acnetrack.db", folder / "beginning.db"
        self.url = f"sqlite:///{self._path}"

    def remember_beginning(self) -> None:
        shutil.copy(self._path, self._kept)

    def again(self) -> None:
        for path in self._path.parent.glob("acnetrack.db*"):
            path.unlink()
        shutil.copy(self._kept, self._path)

    def await_closed(self) -> None:
        """Nothing is left of a connection once it is closed."""


class PostgreSQLDatabase:
    """A database of a server of the tests' own."""

    def __init__(self, server: PostgreSQL) -> None:
        self._server, self._name = server, server.create("template1")
        self.url = server.url(self._name)

    def remember_beginning(self) -> None:
        self._server.execute(f"CREATE DATABASE {self._name}_kept TEMPLATE {self._name}")

    def again(self) -> None:
        self._server.drop(self._name)
        self._server.execute(f"CREATE DATABASE {self._name} TEMPLATE {self._name}_kept")

    def await_closed(self) -> None:
        """Return when the server has noticed that every connection is closed."""
        with psycopg.connect(self._server.url("postgres"), autocommit=True) as connection:
            while connection.execute(OTHERS, [self._name]).fetchone() != (0,):
                pass


class Site:
    """A server in this process, with its files in `folder`."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database, self._folder, self.clock = database, folder, SetClock()
        self.config = Config(
            database_url=database.url,
            photo_dir=folder / "photos",
            model_store_dir=folder / "models",
            key_dir=folder / "keys",
            journal_url=f"sqlite:///{folder / 'journal.db'}",
        )
        engine = connect(database.url)
        upgrade(engine)
        engine.dispose()
        self.start()
        self.timelines: dict[str, str] = {}
        for name, role in PEOPLE.items():
            self._sign_up(name, role)
        self.remember_beginning()

    @property
    def engine(self) -> Engine:
        return self.app.extensions["acnetrack.engine"]

    def start(self) -> None:
        """Start the server on what is there."""
        self.app: Flask = create_app(self.config, self.clock)

    def stop(self) -> None:
        self.engine.dispose()
        with self.app.app_context():
            journal().engine.dispose()

    def restart(self) -> None:
        self.stop()
        self.start()

    def remember_beginning(self) -> None:
        """Stop, and make what is there now the beginning."""
        self.stop()
        self._database.remember_beginning()

    def begin_again(self) -> None:
        """Make everything as it was when the people had just signed up, and start."""
        for path in self._folder.iterdir():
            if path.name.startswith(("photos", "journal", "keys", "backups")):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.clock.instant = START
        self._database.again()
        self.start()

    def back_up(self) -> Path:
        """Take a backup while the server serves; no two are begun at the same moment."""
        self.clock.pass_by(milliseconds=1)
        return back_up(self.config, self._folder / "backups", self.clock)

    def restore(self, backup: Path) -> None:
        """Stop the server, put a backup in its place, and start it."""
        self.stop()
        self._database.await_closed()
        restore(self.config, backup, over=True, clock=self.clock)
        self.start()

    def sign_in(self, person: str, device_id: str | None = None) -> SignedIn:
        """Sign a person in on a device, without the time that a password takes."""
        with self.app.test_request_context():
            user = db.session().scalars(select(User).filter_by(email=email_of(person))).one()
            device, token = devices.sign_in(user, "app", "Phone", device_id)
            return SignedIn(person, device.id, token)

    def _sign_up(self, name: str, role: str) -> None:
        account = {"email": email_of(name), "name": name, "password": "correct horse battery", "role": role}
        if role == "dermatologist":
            account["invitation"] = invitation(self.app.extensions["acnetrack.engine"])
        client = self.app.test_client()
        answer = client.post("/v1/accounts", json={**account, **SAID.get(role, {})})
        assert answer.status_code == 201, answer.json
        if role == "patient":
            headers = {"Authorization": f"Bearer {self.sign_in(name).token}"}
            self.timelines[name] = client.get("/v1/timelines", headers=headers).json["timelines"][0]["id"]


def email_of(person: str) -> str:
    return f"{person}@example.org"
