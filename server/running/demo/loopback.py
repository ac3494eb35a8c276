"""The demonstration: a whole server with a clinic in it, for this machine only or for the phones of its network."""

import logging
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from alembic.util import CommandError
from flask import Flask
from sqlalchemy.exc import DatabaseError
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from server.application.factory import create_app
from server.application.safety import safe_settings
from server.foundation.sqlite_files import sqlite_url
from server.migrations.runner import upgrade
from server.photos.store import LocalPhotoStore
from server.running.demo import clinic
from server.running.demo.certificate import certificate_for
from server.running.demo.files import ClinicUnusable
from server.running.demo.lan import NoAddress, TlsServer, invitation, offer_certificate, own_address

HOST = "127.0.0.1"
DATABASE = "acnetrack.db"


class CannotStart(Exception):
    """The demonstration cannot run here; the message says why and what to do."""


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Leave requests to the server's own log."""


def run(port: int, data_dir: Path | None, lan: str | None = None) -> None:
    """Serve the demonstration until it is interrupted; without `data_dir` it leaves nothing behind.

    Args:
        port: 0 takes a free one.
        data_dir: where the clinic and, with `lan`, the certificate are kept.
        lan: the address of this machine in its network, "" for the one that it has; None serves this machine alone.

    Raises:
        CannotStart: the port is taken, or the address, the folder, the database in it or the clinic cannot be used.
    """
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, _interrupt)
    folder = tempfile.TemporaryDirectory(prefix="acnetrack-") if data_dir is None else nullcontext(str(data_dir))
    try:
        host = HOST if lan is None else own_address(lan)
        with _listening(host, port) as listener, folder as name:
            app, server = _prepared(Path(name), host, listener, in_network=lan is not None)
            try:
                server.serve_forever()
            finally:
                server.server_close()
                for name in ("acnetrack.engine", "acnetrack.journal"):
                    app.extensions[name].dispose()
    except NoAddress as error:
        raise CannotStart(str(error)) from error
    except KeyboardInterrupt:
        pass  # While loading; the server ends quietly by itself.
    print("\nStopped.", file=sys.stderr)


def _prepared(folder: Path, host: str, listener: socket.socket, in_network: bool) -> tuple[Flask, ThreadedWSGIServer]:
    """Return the application, loaded, and its server, after saying how to visit it."""
    port, fd = listener.getsockname()[1], listener.fileno()
    named = f"[{host}]" if ":" in host else host
    if not in_network:
        app = _loaded(folder, f"http://{named}:{port}/")
        return app, ThreadedWSGIServer(host, port, app, handler=_Quiet, fd=fd)
    _require_writable(folder)
    address = f"https://{named}:{port}/"
    certificate = certificate_for(host, folder / "certificate", datetime.now(UTC))
    print(invitation(address, certificate))
    app = _loaded(folder, address, in_network=True)
    offer_certificate(app, certificate)
    return app, TlsServer(certificate, host, port, app, handler=_Quiet, fd=fd)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except (OSError, OverflowError) as error:
            place = f"Port {port}" if host == HOST else f"Port {port} of {host}"
            raise CannotStart(f"{place} cannot be used ({error}); choose another with --port.") from error
        listener.listen()
        yield listener


def _require_writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise CannotStart(f"{folder} cannot be written to ({error.strerror}); name another folder.") from error


def _loaded(folder: Path, address: str, in_network: bool = False) -> Flask:
    """Return the application with the clinic in `folder`, after saying who can sign in where."""
    _require_writable(folder)
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
    if in_network:
        config = replace(config, rate_limits="on", public_url=address)
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
