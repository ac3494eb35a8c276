"""A server in a process of its own, a wire to it that can be cut, and devices with real client libraries."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.interop.devices import Device, Devices, Killed
from tests.interop.person import PASSWORD, Person
from tests.interop.running import Server
from tests.interop.wire import Wire
from tests.invited import invitation

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TABLES = ("visits", "photos", "treatment_courses")


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
def person(wire: Wire, running: Server) -> Callable[..., Person]:
    """Signs somebody up and in."""

    def sign_up(role: str = "patient") -> Person:
        global _count
        _count += 1
        someone = Person(wire.url, f"{role}{_count}@example.org", role)
        account = {"email": someone.email, "name": "Kim", "password": PASSWORD, "role": role}
        if role == "patient":
            account |= {"born_on": "1990-05-17", "country": "DE"}
        else:
            account["invitation"] = invitation(running.config.database_url)
        someone.call("POST", "/v1/accounts", account)
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
        **more: Any,
    ) -> Device:
        account = {"server": owner.url, "timeline": timeline or owner.timeline_id, "token": owner.sign_in()}
        unique = f"{name}-{owner.email.split('@')[0]}"
        storage = {"folder": str(tmp_path), "tables": list(tables)}
        opened.append(Device(process or devices, unique, {**account, **storage, **more}))
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
        when = {"recorded_at": "2026-03-01T08:30:00+01:00"}
        defaults = {**when, "guided": True, "frames": None, "note": None, "amends": None}
        return {"id": id, **defaults, **columns}

    return row


@pytest.fixture
def course():
    """Makes a treatment course with every column that the server gives back."""

    def row(id="course-0001", **columns):
        standard = {"name": "Adapalene 0.1 %", "kind": "topical", "started_on": "2026-01-05"}
        return {"id": id, **standard, "dose": None, **dict.fromkeys(("stopped_on", "stop_reason", "note")), **columns}

    return row


@pytest.fixture
def photo():
    """Makes a photo's record with every column that the server gives back."""

    def row(id="photo-0001", **columns):
        record = {"visit_id": "visit-0001", "view": "front", "media_type": "image/jpeg", "sha256": "0" * 64}
        record |= {"width_px": 96, "height_px": 128, "uploaded": False}
        return {"id": id, **record, "kept_anyway": None, "amends": None, **columns}

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
