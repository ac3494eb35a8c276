"""The demonstration: a whole server with a clinic in it, for this machine only."""

import logging
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from alembic.util import CommandError
from flask import Flask
from sqlalchemy.exc import DatabaseError
from werkzeug.serving import WSGIRequestHandler, make_server

from server.application.factory import create_app
from server.application.safety import safe_settings
from server.foundation.sqlite_files import sqlite_url
from server.migrations.runner import upgrade
from server.photos.store import LocalPhotoStore
from server.running.demo import clinic
from server.running.demo.files import ClinicUnusable

HOST = "127.0.0.1"
DATABASE = "acnetrack.db"


class CannotStart(Exception):
    """The demonstration cannot run here; the message says why and what to do."""


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Leave requests to the server's own log."""


def run(port: int, data_dir: Path | None) -> None:
    """Serve the demonstration until it is interrupted; without `data_dir` it leaves nothing behind.

    Raises:
        CannotStart: the port is taken, or the folder, the database in it or the clinic cannot be used.
    """
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, _interrupt)
    folder = tempfile.TemporaryDirectory(prefix="acnetrack-") if data_dir is None else nullcontext(str(data_dir))
    try:
        with _listening(port) as listener, folder as name:
            app = _loaded(Path(name), f"http://{HOST}:{listener.getsockname()[1]}/")
            server = make_server(HOST, port, app, threaded=True, request_handler=_Quiet, fd=listener.fileno())
            try:
                server.serve_forever()
            finally:
                server.server_close()
                for name in ("acnetrack.engine", "acnetrack.journal"):
                    app.extensions[name].dispose()
    except KeyboardInterrupt:
        pass  # While loading; the server ends quietly by itself.
    print("\nStopped.", file=sys.stderr)


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise CannotStart(f"Port {port} cannot be used ({error}); choose another with --port.") from error
        listener.listen()
        yield listener


def _loaded(folder: Path, address: str) -> Flask:
    """Return the application with the clinic in `folder`, after saying how to visit it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise CannotStart(f"{folder} cannot be written to ({error.strerror}); name another folder.") from error
    config = replace(
        safe_settings(),
        env="development",
        database_url=sqlite_url(folder / DATABASE),
        photo_dir=folder / "photos",
        photo_store="",
        key_dir=folder / "keys",
        master_key="",
        journal_url="",
        redis_url="",
        model_store_dir=folder / "models",
    )
    app = create_app(config, store=LocalPhotoStore(config.photo_dir, durable=False))
    logging.getLogger("acnetrack").setLevel(logging.WARNING)
    try:
        upgrade(app.extensions["acnetrack.engine"])
        sign_ins = clinic.load(app)
    except (DatabaseError, CommandError) as error:
        raise CannotStart(f"{folder / DATABASE} is no database of this version; name another folder.") from error
    except ClinicUnusable as error:
        raise CannotStart(str(error)) from error
    print(f"acnetrack demonstration: {address}\n\nSign-ins, made for this demonstration:")
    for who in sign_ins:
        print(f"  {who.role:<14} {who.email:<34} {who.password}")
    print(f"\nTry {sign_ins[0].email} first: the patients, worst first. Ctrl-C stops.", flush=True)
    return app


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
