"""A server in a process of its own, a wire to it that can be cut, and devices with real client libraries."""

import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from server import db
from server.config import Config
from server.migrations.runner import upgrade
from server.operations.backup import back_up
from server.operations.restore import restore

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PASSWORD = "correct horse battery"
SECONDS = 30
TABLES = ("visits", "photos", "treatment_courses")


class Server:
    """gunicorn on a socket that outlives it: clients of a server that is down wait until it is up again."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder, self.database = folder, folder / "acnetrack.db"
        self.settings = {
            "ACNETRACK_DATABASE_URL": database_url or f"sqlite:///{self.database}",
            "ACNETRACK_JOURNAL_URL": f"sqlite:///{folder / 'journal.db'}",
            "ACNETRACK_PHOTO_DIR": str(folder / "photos"),
            "ACNETRACK_KEY_DIR": str(folder / "keys"),
            "ACNETRACK_MODEL_STORE_DIR": str(folder / "models"),
            "ACNETRACK_SECRET_KEY": "0123456789abcdef" * 4,
        }
        self.config = Config.from_env(self.settings)
        engine = db.connect(self.config.database_url)
        upgrade(engine)
        engine.dispose()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self.listener.getsockname()
        self.start()

    def start(self) -> None:
        descriptor = self.listener.fileno()
        gunicorn = [sys.executable, "-m", "gunicorn", "server.wsgi:app", "--bind", f"fd://{descriptor}"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*gunicorn, "--threads", "4"],
                env={**os.environ, **self.settings},
                cwd=ROOT,
                pass_fds=[descriptor],
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            urllib.request.urlopen("http://{}:{}/healthz".format(*self.address), timeout=SECONDS).close()
        except OSError as error:
            self.kill()
            raise RuntimeError((self.folder / "log").read_text()[-4000:]) from error

    def kill(self) -> None:
        """End it as a power cut would, workers and all."""
        workers = psutil.Process(self.process.pid).children(recursive=True)
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        psutil.wait_procs(workers)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(SECONDS)

    def back_up(self, folder: Path) -> Path:
        """Copy what it holds while it runs, as `acnetrack admin backup` does."""
        return back_up(self.config, folder)

    def restore(self, backup: Path) -> None:
        """Take it back to a backup, as `acnetrack admin restore` does."""
        self.kill()
        restore(self.config, backup, over=True)
        self.start()


class Wire:
    """Passes bytes to a server and back, and writes down what was asked; loses, cuts off or damages some when told to.

    `lose_answers`: so many answers to POST do not arrive. `cut_after`: the connection breaks when so many bytes of
    PATCH have passed. `damage_at`: one byte of the next PATCH arrives as another.
    """

    def __init__(self, upstream: tuple[str, int]) -> None:
        self.upstream = upstream
        self.lose_answers = 0
        self.cut_after: int | None = None
        self.damage_at: int | None = None
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://{}:{}".format(*self.listener.getsockname())
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.create_connection(self.upstream)
                losing = threading.Event()
                threading.Thread(target=self._send, args=(client, server, losing), daemon=True).start()
                threading.Thread(target=self._answer, args=(server, client, losing), daemon=True).start()

    def _send(self, client: socket.socket, server: socket.socket, losing: threading.Event) -> None:
        method = ""
        with suppress(OSError):
            while data := client.recv(65536):
                if request := re.match(rb"([A-Z]+) /", data):
                    method = request[1].decode()
                    self.requests.append((method, _headers(data)))
                if method == "POST" and self.lose_answers:
                    self.lose_answers -= 1
                    losing.set()
                if method == "PATCH" and self.damage_at is not None:
                    data = self._damaged(data)
                if method == "PATCH" and self.cut_after is not None:
                    data, self.cut_after = data[: self.cut_after], self.cut_after - len(data)
                    if self.cut_after <= 0:
                        self.cut_after = None
                        server.sendall(data)
                        break
                server.sendall(data)
        _close(client, server)

    def _damaged(self, data: bytes) -> bytes:
        assert self.damage_at is not None
        place, self.damage_at = self.damage_at, self.damage_at - len(data)
        if place >= len(data):
            return data
        self.damage_at = None
        return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]

    def _answer(self, server: socket.socket, client: socket.socket, losing: threading.Event) -> None:
        with suppress(OSError):
            while (data := server.recv(65536)) and not losing.is_set():
                client.sendall(data)
        _close(client, server)


def _headers(data: bytes) -> dict[str, str]:
    lines = data.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _close(*both: socket.socket) -> None:
    for one in both:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


class Refused(Exception):
    """The server or the library did not do what a device was told."""

    def __init__(self, message: str = "", **said: Any) -> None:
        super().__init__(message or str(said))
        self.code, self.reason, self.status = said.get("code"), said.get("reason"), said.get("status")


class Killed(Exception):
    """The process of the devices has ended."""


class Devices:
    """A Node.js process with devices of one library in it."""

    def __init__(self, npm: Path, library: str) -> None:
        self.library = library
        self.process = subprocess.Popen(
            ["node", "--import", "./directories.js", "devices.js", library],
            cwd=npm,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "NODE_ENV": "production"},
        )

    def ask(self, **command: Any) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(command).encode() + b"\n")
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], SECONDS)
        assert ready, f"{command} has no end"
        line = self.process.stdout.readline()
        if not line:
            self.close()
            raise Killed
        answer = json.loads(line)
        if "error" in answer:
            raise Refused(**answer["error"])
        return answer["value"]

    def close(self) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(SECONDS)


@dataclass
class Device:
    """One device of a person: what its database holds, and what it does."""

    devices: Devices
    name: str
    opened: dict[str, Any]

    def __post_init__(self) -> None:
        self.does("open", **self.opened)

    def does(self, does: str, **given: Any) -> Any:
        return self.devices.ask(device=self.name, does=does, **given)

    def create(self, table: str, row: dict[str, Any]) -> None:
        self.does("create", table=table, row=row)

    def create_all(self, table: str, rows: list[dict[str, Any]]) -> None:
        self.does("createAll", table=table, rows=rows)

    def signed_in(self, token: str) -> None:
        """Go on with this token, the database as it is."""
        self.opened["token"] = token
        self.does("signedIn", **self.opened)

    def update(self, table: str, id: str, **columns: Any) -> None:
        self.does("update", table=table, id=id, columns=columns)

    def remove(self, table: str, id: str) -> None:
        self.does("remove", table=table, id=id)

    def sync(self, dies: str | None = None) -> None:
        self.does("sync", dies=dies)

    def rows(self) -> dict[str, dict[str, Any]]:
        """Its rows by table and id."""
        return by_id(self.does("rows"))

    def refused(self) -> list[dict[str, Any]]:
        return list(self.does("refused"))

    def pending(self) -> bool:
        return bool(self.does("pending"))

    def save(self) -> None:
        """Have everything on its disk."""
        self.does("save")

    def close(self) -> None:
        if self.devices.process.poll() is None:
            self.does("close")

    def reopened(self, devices: Devices) -> "Device":
        """The device after its process ended: what was on its disk, in another one."""
        return Device(devices, self.name, self.opened)


def by_id(tables: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    return {name: {row["id"]: row for row in rows} for name, rows in tables.items() if rows}


@dataclass
class Person:
    """Somebody with an account."""

    url: str
    email: str
    role: str
    token: str = ""
    timeline_id: str = ""
    known: dict[str, Any] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        data = None if body is None else json.dumps(body).encode()
        text = self.download(path, method, data, **{"Content-Type": "application/json", **headers})
        return json.loads(text) if text else None

    def download(self, path: str, method: str = "GET", data: bytes | None = None, **headers: str) -> bytes:
        """The body of the answer, as it is."""
        headers = {"Authorization": f"Bearer {self.token}", **headers}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(**json.loads(error.read())) from None

    def sign_in(self) -> str:
        account = {"email": self.email, "password": PASSWORD, "name": "Phone"}
        return str(self.call("POST", "/v1/devices", account)["token"])

    def rows(self, viewer: "Person | None" = None) -> dict[str, dict[str, Any]]:
        """What the server holds of the timeline, by table and id."""
        cursor, rows = 0, {}
        while True:
            path = f"/v1/timelines/{self.timeline_id}/sync?last_pulled_at={cursor}&limit=2000"
            page = (viewer or self).call("GET", path)
            for table, changes in page["changes"].items():
                rows.setdefault(table, []).extend(changes["updated"])
            cursor = page["timestamp"]
            if not page["has_more"]:
                return by_id(rows)

    def push(self, **tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
        changes = {table: {"created": rows} for table, rows in tables.items()}
        return list(self.call("POST", f"/v1/timelines/{self.timeline_id}/sync", changes)["rejected"])

    def share_with(self, dermatologist: "Person", **terms: Any) -> str:
        terms = {"email": dermatologist.email, **terms}
        return str(self.call("POST", f"/v1/timelines/{self.timeline_id}/grants", terms)["id"])


@pytest.fixture(scope="session")
def sync_code() -> Callable[[str], list[str]]:
    """The code blocks of the server's INTEGRATE.md that are fenced with these words."""
    text = (ROOT / "server" / "INTEGRATE.md").read_text()

    def blocks(fence: str) -> list[str]:
        return re.findall(rf"^```{fence}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)

    return blocks


@pytest.fixture(scope="session")
def node_files(npm: Path, sync_code: Callable[[str], list[str]]) -> Path:
    """The same folder with the clients, the code of INTEGRATE.md and the devices in it."""
    for file in (*(ROOT / "server" / "clients").glob("*.js"), *HERE.glob("*.js")):
        shutil.copy(file, npm)
    for library in ("watermelondb", "rxdb", "tus"):
        shutil.copy(HERE / library / "device.js", npm / f"device.{library}.js")
        (npm / f"integrate.{library}.js").write_text("\n".join(sync_code(f"js {library}")))
    return npm


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts servers, on SQLite unless told otherwise, and ends them when all tests are done."""
    started: list[Server] = []

    def start(database_url: str = "") -> Server:
        started.append(Server(tmp_path_factory.mktemp("server"), database_url))
        return started[-1]

    yield start
    for server in started:
        server.stop()
        server.listener.close()


@pytest.fixture(scope="session")
def running(start_server: Callable[..., Server]) -> Server:
    """One server for all tests that leave it running."""
    return start_server()


@pytest.fixture
def wire(running: Server) -> Iterator[Wire]:
    wire = Wire(running.address)
    yield wire
    wire.listener.close()


@pytest.fixture(params=["watermelondb", "rxdb"])
def library(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def _started(node_files: Path) -> Iterator[dict[str, Devices]]:
    started: dict[str, Devices] = {}
    yield started
    for devices in started.values():
        devices.close()


@pytest.fixture
def devices(library: str, node_files: Path, _started: dict[str, Devices]) -> Devices:
    """The process in which this library's devices live, as long as no test kills it."""
    if library not in _started or _started[library].process.poll() is not None:
        _started[library] = Devices(node_files, library)
    return _started[library]


@pytest.fixture
def start_devices(node_files: Path) -> Iterator[Callable[[str], Devices]]:
    """Starts further processes: `start_devices("rxdb")`."""
    started: list[Devices] = []

    def start(library: str) -> Devices:
        started.append(Devices(node_files, library))
        return started[-1]

    yield start
    for devices in started:
        if devices.process.poll() is None:
            devices.close()


@pytest.fixture
def another_process(library: str, start_devices: Callable[[str], Devices]) -> Callable[[], Devices]:
    """Starts further processes of this test's library."""
    return lambda: start_devices(library)


_count = 0


@pytest.fixture
def person(wire: Wire) -> Callable[..., Person]:
    """Signs somebody up and in."""

    def sign_up(role: str = "patient") -> Person:
        global _count
        _count += 1
        someone = Person(wire.url, f"{role}{_count}@example.org", role)
        account = {"email": someone.email, "name": "Kim", "password": PASSWORD, "role": role}
        of_patients = {"born_on": "1990-05-17", "country": "DE"} if role == "patient" else {}
        someone.call("POST", "/v1/accounts", {**account, **of_patients})
        someone.token = someone.sign_in()
        if role == "patient":
            someone.timeline_id = someone.call("GET", "/v1/timelines")["timelines"][0]["id"]
        return someone

    return sign_up


@pytest.fixture
def patient(person: Callable[..., Person]) -> Person:
    return person()


@pytest.fixture
def open_device(devices: Devices, tmp_path: Path) -> Iterator[Callable[..., Device]]:
    """Opens a device of a person, signed in anew: `open_device(patient, "phone", seconds=-10**8)`."""

    opened: list[Device] = []

    def open_one(
        owner: Person,
        name: str,
        timeline: str = "",
        process: Devices | None = None,
        tables: Sequence[str] = TABLES,
        **given: Any,
    ) -> Device:
        account = {"server": owner.url, "timeline": timeline or owner.timeline_id, "token": owner.sign_in()}
        unique = f"{name}-{owner.email.split('@')[0]}"
        kept = {"folder": str(tmp_path), "tables": list(tables)}
        opened.append(Device(process or devices, unique, {**account, **kept, **given}))
        return opened[-1]

    yield open_one
    for device in opened:
        device.close()


@pytest.fixture
def killed() -> type[Exception]:
    """What a device raises whose process has ended."""
    return Killed


@pytest.fixture
def phone(open_device: Callable[..., Device], patient: Person) -> Device:
    return open_device(patient, "phone")


@pytest.fixture
def tablet(open_device: Callable[..., Device], patient: Person) -> Device:
    return open_device(patient, "tablet")


@pytest.fixture
def visit():
    """Makes a visit with every column that the server gives back."""

    def row(id="visit-0001", **columns):
        said = {"recorded_at": "2026-03-01T08:30:00+01:00", "guided": True, "note": None, "amends": None}
        return {"id": id, **said, **columns}

    return row


@pytest.fixture
def course():
    """Makes a treatment course with every column that the server gives back."""

    def row(id="course-0001", **columns):
        standard = {"name": "Adapalene 0.1 %", "kind": "topical", "started_on": "2026-01-05"}
        return {"id": id, **standard, "dose": None, "stopped_on": None, "note": None, **columns}

    return row


@pytest.fixture
def photo():
    """Makes a photo's record with every column that the server gives back."""

    def row(id="photo-0001", **columns):
        said = {"visit_id": "visit-0001", "view": "front", "media_type": "image/jpeg", "sha256": "0" * 64}
        return {"id": id, **said, "width_px": 96, "height_px": 128, "uploaded": False, "amends": None, **columns}

    return row


@pytest.fixture
def held_by(patient):
    """The rows that the server and these devices hold, once it is sure that all hold the same and wait for nothing."""

    def compare(*devices):
        held = patient.rows()
        for device in devices:
            assert device.rows() == held
            assert not device.pending()
        return held

    return compare


@pytest.fixture
def settle(held_by):
    """Syncs devices until they are quiet, and returns what all of them and the server then hold."""

    def until_quiet(*devices):
        for device in (*devices, *devices):
            device.sync()
        return held_by(*devices)

    return until_quiet
