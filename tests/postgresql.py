"""A PostgreSQL of the tests' own: its files in a folder that goes, reached by a socket there and by nothing else."""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psutil
import psycopg

from tests.processes import kill

USER, TEMPLATE = "acnetrack", "acnetrack_empty"
ACCOUNT = "postgres"
"""The account of the machine that runs it where the tests run as root, which PostgreSQL refuses to be."""

QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests that cut no power: nothing is written through to the disk."""

ENDING_WITH_PARENT = ("setpriv", "--pdeathsig", "QUIT")
"""Linux then stops the server when the tests are gone, however they went; in `preexec_fn` JAX would hear of a fork."""


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, of the newest version where Debian has several; None without one."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    program = shutil.which("postgres")
    folders = [*reversed(debian), *([Path(program).resolve().parent] if program else [])]
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


class PostgreSQL:
    """A server process, which ends with the process that started it, and its databases."""

    def __init__(self, programs: Path, settings: dict[str, str] = QUICK, copied_from: Path | None = None) -> None:
        self._programs, self._numbers = programs, itertools.count(1)
        self.folder = Path(tempfile.mkdtemp(prefix="acnetrack-pg-"))
        self.data = self.folder / "data"
        own = {"listen_addresses": "", "unix_socket_directories": str(self.folder), "max_connections": "200"}
        self._settings = [f"-c{name}={value}" for name, value in {**own, **settings}.items()]
        self._identity = {}
        if os.getuid() == 0:
            shutil.chown(self.folder, ACCOUNT, ACCOUNT)
            self._identity = {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": []}
        if copied_from is not None:
            self._copy(copied_from)
        else:
            self._initialise()
        self.start()

    def _copy(self, data: Path) -> None:
        """Begin with the files of another that was stopped in good order."""
        shutil.copytree(data, self.data)
        if self._identity:
            for folder, _, files in os.walk(self.data):
                for path in (folder, *(os.path.join(folder, file) for file in files)):
                    shutil.chown(path, ACCOUNT, ACCOUNT)

    def _initialise(self) -> None:
        encoding = ("-E", "UTF8", "--locale=C.UTF-8")
        initdb = [self._programs / "initdb", "-D", self.data, "-U", USER, "-A", "trust", "--no-sync", *encoding]
        subprocess.run(initdb, check=True, cwd=self.folder, capture_output=True, **self._identity)

    def start(self) -> None:
        """Start the server, recovering what a killed one left, and return once it answers."""
        command = [*ENDING_WITH_PARENT, self._programs / "postgres", "-D", self.data, *self._settings]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, **self._identity)
        while not self._answers():
            if self.process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.02)

    def stop(self, data_to: Path | None = None) -> None:
        """Stop it and remove its files; `data_to` takes them, in good order, where another may begin with them."""
        self.process.send_signal(signal.SIGQUIT if data_to is None else signal.SIGINT)
        self.process.wait()
        if data_to is not None:
            shutil.copytree(self.data, data_to)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def backends(self) -> list[psutil.Process]:
        """The processes that work for clients."""
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if "[local]" in _command(child)]

    def kill(self) -> None:
        """End every process of the server at once, as a power cut would."""
        parent = psutil.Process(self.process.pid)
        kill([parent, *parent.children()])
        self.process.wait()

    def url(self, database: str) -> str:
        """What ACNETRACK_DATABASE_URL is set to for one database."""
        return f"postgresql://{USER}@/{database}?host={self.folder}"

    def create(self, template: str = TEMPLATE) -> str:
        """Make a database, a copy of `template`, and return its name."""
        name = f"test{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, database: str) -> None:
        """Remove a database, whoever still uses it."""
        self.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def check(self, database: str) -> None:
        """Compare the indexes of a database with its tables, and look at every page of them."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
        where = ["-h", self.folder, "-U", USER, "--heapallindexed", database]
        subprocess.run([self._programs / "pg_amcheck", *where], check=True, cwd=self.folder, capture_output=True)

    def execute(self, statement: str) -> None:
        """Run one statement as the superuser, outside any test's database."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _answers(self) -> bool:
        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""
