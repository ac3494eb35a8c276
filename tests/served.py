"""The real server as operators run it: `acnetrack serve` in a process of its own, with its own folder."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psutil

from server.foundation import db
from server.migrations.runner import upgrade
from tests.processes import kill

ROOT = Path(__file__).parents[1]
SECONDS = 60


class Served:
    """A server with a database of the newest version at `database_url`, by default a SQLite file in `folder`."""

    def __init__(
        self, folder: Path, database_url: str = "", workers: int = 2, threads: int = 4, **environ: str
    ) -> None:
        self.folder, self.log, self.port = folder, folder / "log", _free_port()
        self.database_url = database_url or f"sqlite:///{folder / 'database' / 'acnetrack.db'}"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ACNETRACK_")}
        own = {
            "DATABASE_URL": self.database_url,
            "JOURNAL_URL": f"sqlite:///{folder / 'journal.db'}",
            "PHOTO_DIR": str(folder / "photos"),
            "KEY_DIR": str(folder / "keys"),
            "MODEL_STORE_DIR": str(folder / "models"),
            "SECRET_KEY": "0123456789abcdef" * 4,
            "WORKERS": str(workers),
            "THREADS": str(threads),
            **environ,
        }
        self.environ = {**environment, "PYTHONPATH": str(ROOT), **{f"ACNETRACK_{name}": own[name] for name in own}}
        (folder / "database").mkdir(exist_ok=True)
        engine = db.connect(self.database_url)
        upgrade(engine)
        engine.dispose()
        self._groups: set[int] = set()
        self.start()

    def start(self) -> None:
        """Start the server and return once it is ready."""
        command = [sys.executable, "-m", "server", "serve", "--bind", f"127.0.0.1:{self.port}"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environ, stdout=log, stderr=log, start_new_session=True
            )
        self._groups.add(self.process.pid)
        for _ in range(SECONDS * 20):
            if self.process.poll() is not None:
                break
            if self.workers and self.status("/readyz") == 200:
                return
            time.sleep(0.05)
        raise RuntimeError(self.log.read_text()[-4000:])

    def status(self, path: str) -> int | None:
        """The status that `GET path` is answered with; None without an answer."""
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)) as connection:
                connection.request("GET", path)
                return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None

    @property
    def errors(self) -> list[str]:
        """The lines of the log that say what failed."""
        return [line for line in self.log.read_text().splitlines() if '"level": "INFO"' not in line]

    @property
    def workers(self) -> list[psutil.Process]:
        """The processes that answer requests."""
        return psutil.Process(self.process.pid).children()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal to the arbiter and return its exit status once it is gone."""
        self.process.send_signal(how)
        status = self.process.wait(SECONDS)
        self._groups.discard(self.process.pid)
        return status

    def kill(self) -> None:
        """End arbiters and workers at once, as a power cut would."""
        if self._groups:
            kill(process for process in psutil.process_iter() if _group(process.pid) in self._groups)
            self.process.wait()
            self._groups.clear()


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
