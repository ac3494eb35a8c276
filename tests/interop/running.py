"""gunicorn in a process of its own, as a server that can be killed, backed up and restored."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil

from server.application.safety import safe_settings
from server.foundation import db
from server.migrations.runner import upgrade
from server.operations.backup import back_up
from server.operations.restore import restore

ROOT = Path(__file__).parents[2]
SECONDS = 120


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
        self.config = safe_settings(self.settings)
        engine = db.connect(self.config.database_url)
        upgrade(engine)
        engine.dispose()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self.listener.getsockname()
        self.start()

    def start(self) -> None:
        descriptor = self.listener.fileno()
        gunicorn = [sys.executable, "-m", "gunicorn", "server.running.wsgi:app", "--bind", f"fd://{descriptor}"]
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
