"""`acnetrack` as a process of its own: it starts, answers, stops, and says what is wrong in one line."""

import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import ssl
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[3]
SECONDS = 60


def start(*arguments, cwd=ROOT, **environ):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ACNETRACK_")}
    return subprocess.Popen(
        [sys.executable, "-m", "server", *map(str, arguments)],
        cwd=cwd,
        env={**environment, "PYTHONPATH": str(ROOT), **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def fails(*arguments, **options):
    """Run to the end and return the one line that it says."""
    process = start(*arguments, **options)
    out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 2, (out, err)
    assert "Traceback" not in err
    return err


def succeeds(*arguments, **options):
    process = start(*arguments, **options)
    out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, (out, err)


class Demo:
    """A demonstration that is being served."""

    def __init__(self, *arguments):
        self.process = start("demo", "--port", 0, *arguments)
        self.said = ""
        while "Ctrl-C" not in self.said:
            line = self.process.stdout.readline()
            assert line, self.process.stderr.read()
            self.said += line
        self.port = int(re.search(r"https?://127\.0\.0\.1:(\d+)/", self.said)[1])

    def get(self, path):
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def sign_in(self, email, password):
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)) as connection:
            body = json.dumps({"email": email, "password": password, "name": "test"})
            connection.request("POST", "/v1/devices", body, {"Content-Type": "application/json"})
            return connection.getresponse().status

    def stop(self, how=signal.SIGINT):
        self.process.send_signal(how)
        _, err = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, err


@pytest.fixture(scope="module")
def demo():
    demo = Demo()
    yield demo
    demo.process.kill()
    demo.process.communicate()


def test_the_demonstration_serves_a_page_and_answers_that_it_is_well(demo):
    status, answer = demo.get("/healthz")
    assert (status, json.loads(answer)) == (200, {"status": "ok"})
    assert demo.get("/sign-in")[0] == 200


def test_every_printed_sign_in_works(demo):
    sign_ins = re.findall(r"^ {2}(?:dermatologist|patient)\s+(\S+@\S+)\s+(\S+)$", demo.said, re.MULTILINE)
    assert len(sign_ins) >= 7
    assert {demo.sign_in(*sign_in) for sign_in in sign_ins} == {201}
    assert sign_ins[0][0] in demo.said.splitlines()[-1]


def test_the_demonstration_imports_no_training_framework(demo):
    maps = {entry.path for entry in psutil.Process(demo.process.pid).memory_maps()}
    assert not [path for path in maps if re.search(r"tensorflow|libtorch", path)]


def test_the_demonstration_listens_on_this_machine_only(demo):
    listening = [c for c in psutil.Process(demo.process.pid).net_connections() if c.status == psutil.CONN_LISTEN]
    assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}


def test_for_the_phones_of_a_network_it_serves_over_tls_with_a_certificate_of_its_own(tmp_path):
    demo = Demo("--lan", "127.0.0.1", "--data-dir", tmp_path)
    trusting = ssl.create_default_context(cafile=tmp_path / "certificate" / "chain.pem")
    with closing(http.client.HTTPSConnection("127.0.0.1", demo.port, context=trusting, timeout=SECONDS)) as connection:
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
    assert f"https://127.0.0.1:{demo.port}/app/" in demo.said and "SHA-256" in demo.said
    assert demo.stop() == (0, "\nStopped.\n")


def test_an_address_that_is_none_or_not_this_machines_is_refused():
    assert "--lan" in fails("demo", "--port", 0, "--lan", "my-laptop")
    assert "cannot be used" in fails("demo", "--port", 0, "--lan", "198.51.100.7")


def test_a_port_that_is_taken_is_named_with_the_remedy(demo):
    assert "--port" in fails("demo", "--port", demo.port)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_and_leaves_nothing_behind(how, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    demo = Demo()
    assert list(tmp_path.iterdir())
    assert demo.stop(how) == (0, "\nStopped.\n")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_any_name_is_used_again_without_loading_twice(tmp_path):
    def people():
        with closing(sqlite3.connect(tmp_path / "what? 100%25 #1" / "acnetrack.db")) as connection:
            return connection.execute("SELECT count(*), sum(seq) FROM users, timelines").fetchone()

    first = Demo("--data-dir", tmp_path / "what? 100%25 #1")
    first.stop()
    before = people()
    second = Demo("--data-dir", tmp_path / "what? 100%25 #1")
    second.stop()
    assert people() == before
    assert re.findall(r"\S+@\S+", second.said) == re.findall(r"\S+@\S+", first.said)


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()
    assert "cannot be written" in fails("demo", "--port", 0, "--data-dir", tmp_path / "file")


def test_a_database_that_is_none_is_refused(tmp_path):
    (tmp_path / "acnetrack.db").write_bytes(b"no database" * 100)
    assert "acnetrack.db" in fails("demo", "--port", 0, "--data-dir", tmp_path)


def test_a_database_of_a_later_version_is_refused(tmp_path):
    with closing(sqlite3.connect(tmp_path / "acnetrack.db")) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    assert "acnetrack.db" in fails("demo", "--port", 0, "--data-dir", tmp_path)


@pytest.mark.parametrize("arguments", [(), ("demo", "--port", "x"), ("demo", "--port", "70000"), ("demos",), ("db",)])
def test_a_wrong_command_line_shows_the_right_one(arguments):
    assert "usage:" in fails(*arguments)


def test_production_refuses_to_start_on_an_insecure_value():
    assert "ACNETRACK_DATABASE_URL" in fails("serve", ACNETRACK_ENV="production")


@pytest.mark.parametrize("url", ["nonsense", "oracle://somewhere/db", "sqlite:////nowhere/at/all/acnetrack.db"])
@pytest.mark.parametrize("command", [("serve",), ("db", "upgrade")])
def test_a_database_that_cannot_be_opened_is_refused_by_the_settings_name(command, url):
    assert "ACNETRACK_DATABASE_URL" in fails(*command, ACNETRACK_DATABASE_URL=url)


@pytest.mark.parametrize(
    ("name", "value"), [("PHOTO_STORE", "s4://x"), ("PHOTO_DIR", "/proc/x"), ("MODELS_DIR", "/proc/x")]
)
def test_a_setting_that_cannot_work_is_refused_before_anything_is_served(tmp_path, name, value):
    environ = {"ACNETRACK_DATABASE_URL": f"sqlite:///{tmp_path / 'acnetrack.db'}", f"ACNETRACK_{name}": value}
    assert fails("serve", **environ).startswith(f"acnetrack: ACNETRACK_{name} ")


def test_a_database_in_a_folder_that_is_not_there_is_refused_with_the_remedy():
    url = "sqlite:////nowhere/at/all/acnetrack.db"
    assert "its folder has to exist" in fails("db", "upgrade", ACNETRACK_DATABASE_URL=url)


def test_a_version_that_there_never_was_is_refused(tmp_path):
    url = f"sqlite:///{tmp_path / 'acnetrack.db'}"
    assert "0815" in fails("db", "downgrade", "0815", ACNETRACK_DATABASE_URL=url)


def test_a_server_refuses_a_database_that_is_not_migrated(tmp_path):
    url = f"sqlite:///{tmp_path / 'acnetrack.db'}"
    assert "acnetrack db upgrade" in fails("serve", ACNETRACK_DATABASE_URL=url)


def test_a_setting_that_the_server_starts_to_use_and_can_not_ends_it_at_once(tmp_path):
    environ = {"ACNETRACK_DATABASE_URL": f"sqlite:///{tmp_path / 'acnetrack.db'}", "ACNETRACK_JOURNAL_URL": "nonsense"}
    succeeds("db", "upgrade", **environ)
    process = start("serve", "--workers", 1, "--bind", "127.0.0.1:0", **environ)
    out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 3, (out, err)
    assert err.count("ACNETRACK_JOURNAL_URL") == 1


def test_a_migrated_database_is_served_by_gunicorn(tmp_path):
    environ = {"ACNETRACK_DATABASE_URL": f"sqlite:///{tmp_path / 'acnetrack.db'}"}
    environ["ACNETRACK_PHOTO_DIR"] = str(tmp_path / "photos")
    environ["ACNETRACK_KEY_DIR"] = str(tmp_path / "keys")
    succeeds("db", "upgrade", **environ)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = start("serve", "--bind", f"127.0.0.1:{port}", "--workers", 1, **environ)
    try:
        while "Booting worker" not in (line := process.stderr.readline()):
            assert line
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)) as connection:
            connection.request("GET", "/healthz")
            assert connection.getresponse().status == 200
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)) as connection:
            connection.request("GET", "/readyz")
            assert connection.getresponse().status == 200
        succeeds("admin", "backup", tmp_path / "backups", **environ)
        modes = {path: stat.filemode(path.stat().st_mode) for path in tmp_path.rglob("*")}
        assert set(modes.values()) == {"-rw-------", "drwx------"}, modes
        assert {"acnetrack.db-wal", "acnetrack.journal.db", "photos", "backups"} <= {path.name for path in modes}
    finally:
        process.terminate()
        process.communicate(timeout=SECONDS)
    succeeds("db", "downgrade", "base", **environ)


@pytest.mark.parametrize("name", ["gunicorn", "flask", "sqlalchemy", "sitecustomize", "server"])
def test_nothing_in_the_folder_that_it_is_started_in_is_run(tmp_path, name):
    (tmp_path / f"{name}.py").write_text("import os; open('master key seen', 'w').close()\n")
    environ = {"ACNETRACK_DATABASE_URL": f"sqlite:///{tmp_path / 'acnetrack.db'}"}
    environ |= {"ACNETRACK_PHOTO_DIR": str(tmp_path / "photos"), "ACNETRACK_KEY_DIR": str(tmp_path / "keys")}
    succeeds("db", "upgrade", **environ)
    installed = [sys.executable, "-P", "-c", "from server.running.cli import main; main()"]
    command = [*installed, "serve", "--bind", "127.0.0.1:0", "--workers", "1"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT), **environ}, stderr=subprocess.PIPE, text=True
    )
    try:
        while "Booting worker" not in (line := process.stderr.readline()):
            assert line
    finally:
        process.terminate()
        process.communicate(timeout=SECONDS)
    assert not (tmp_path / "master key seen").exists()
