"""Kinto, the peer that synchronising is measured beside: installed apart, served as its guide to production says."""

import http.client
import secrets
import socket
import subprocess
import time
import venv
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

VERSION = "26.5.0"
ENVIRONMENT = Path(__file__).parents[2] / "build" / f"kinto-{VERSION}"
REQUIREMENTS = (f"kinto[postgresql]=={VERSION}", "setuptools<81", f"gunicorn=={version('gunicorn')}")
SECONDS = 60

CONFIGURATION = """
[app:main]
use = egg:kinto
kinto.includes = kinto.plugins.accounts
kinto.account_create_principals = system.Everyone
kinto.bucket_create_principals = system.Authenticated
kinto.userid_hmac_secret = {secret}
multiauth.policies = {policy}
multiauth.policy.account.use = kinto.plugins.accounts.AccountsPolicy
kinto.storage_backend = kinto.core.storage.postgresql
kinto.storage_url = {url}
kinto.permission_backend = kinto.core.permission.postgresql
kinto.permission_url = {url}
kinto.cache_backend = kinto.core.cache.{cache}
kinto.cache_url = {url}
kinto.batch_max_requests = {batch}
kinto.paginate_by = {page}

[loggers]
keys = root

[handlers]
keys = console

[formatters]
keys = json

[logger_root]
level = {level}
handlers = console

[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = json

[formatter_json]
class = kinto.core.JsonLogFormatter
"""

GUIDE: dict[str, Any] = {"policy": "account", "cache": "postgresql", "batch": 25, "page": 100, "level": "INFO"}
"""The guide's values; where it has none, the defaults."""

FREE: dict[str, Any] = {"policy": "basicauth", "cache": "memory", "batch": 1_000, "page": 10_000, "level": "ERROR"}
"""The fastest that it can be told to be: credentials are hashed and nowhere looked up."""


def programs() -> Path:
    """The folder of Kinto's programs, installed there on first use."""
    if not (ENVIRONMENT / "bin" / "kinto").exists():
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        subprocess.run([ENVIRONMENT / "bin" / "pip", "install", "--quiet", *REQUIREMENTS], check=True)
    return ENVIRONMENT / "bin"


@contextmanager
def serving(folder: Path, url: str, settings: Mapping[str, object], workers: int, threads: int) -> Iterator[int]:
    """Serve from the empty database at `url` with its files in `folder`, and give the port.

    Raises:
        RuntimeError: it does not start; the words are those of its log.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    ini, logged = folder / "kinto.ini", folder / "kinto.log"
    ini.write_text(CONFIGURATION.format(url=url, secret=secrets.token_hex(32), **settings))
    with logged.open("ab") as log:
        subprocess.run([programs() / "kinto", "migrate", "--ini", ini], check=True, stdout=log, stderr=log)
        how = ["--workers", str(workers), "--threads", str(threads), "--keep-alive", "15"]
        serve = [str(programs() / "gunicorn"), "--paste", str(ini), "--bind", f"127.0.0.1:{port}", *how]
        process = subprocess.Popen(serve, cwd=folder, stdout=log, stderr=log)
    try:
        for _ in range(20 * SECONDS):
            if process.poll() is not None or _answers(port):
                break
            time.sleep(0.05)
        if not _answers(port):
            raise RuntimeError(logged.read_text()[-4000:])
        yield port
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)) as connection:
            connection.request("GET", "/v1/__lbheartbeat__")
            return connection.getresponse().status == 200
    except OSError:
        return False
