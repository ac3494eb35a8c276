"""`acnetrack`: the demonstration, the real server, its database and the models it delivers."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from alembic.util import CommandError
from sqlalchemy.exc import DatabaseError

from mobile_models import console
from mobile_models.errors import AssessmentError
from server.application.safety import safe_settings
from server.delivery.publishing import PublishingError
from server.foundation.config import ConfigError
from server.foundation.db import connect
from server.foundation.db.engines import why_unusable
from server.foundation.http.errors import Problem
from server.migrations.runner import NotMigrated, downgrade, require_newest, upgrade
from server.operations.errors import OperationError
from server.own_data.errors import ImportRefused
from server.running.commands import accesses as accesses_cli
from server.running.commands import keys as keys_cli
from server.running.commands import models as models_cli
from server.running.commands import operations as operations_cli
from server.running.commands import photos as photos_cli
from server.running.commands import staff as staff_cli
from server.running.demo.loopback import CannotStart, run
from server.running.gunicorn_app import replace_process
from server.running.starting import PRIVATE, require_usable

DEMO_PORT, SERVE_ADDRESS = 8080, "127.0.0.1:8000"
MENDABLE = (
    ConfigError,
    NotMigrated,
    CannotStart,
    PublishingError,
    OperationError,
    ImportRefused,
    AssessmentError,
    CommandError,
    Problem,
)
"""Errors whose message is for the person at the terminal."""
GIVES_MEMORY_BACK = {"MALLOC_MMAP_THRESHOLD_": str(2**20), "MALLOC_ARENA_MAX": "2"}
"""To glibc: large blocks, as hashing a password or reading a photo takes for a moment, go back to the system."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line; what a person can mend exits with 2 and one line saying how."""
    if code := console.run("acnetrack", lambda: _run(argv)):
        sys.exit(code)


def _run(argv: Sequence[str] | None) -> None:
    arguments = _parser().parse_args(argv)
    before = os.umask(PRIVATE)
    try:
        arguments.run(arguments)
    except MENDABLE as error:
        _fail(str(error))
    except DatabaseError as error:
        _fail(f"ACNETRACK_DATABASE_URL cannot be used: {why_unusable(error)}.")
    finally:
        os.umask(before)


def _parser() -> argparse.ArgumentParser:
    parser = console.Parser(prog="acnetrack", description="Track acne: the server and its demonstration.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="serve a demonstration clinic on this machine")
    demo.add_argument("--port", type=_port, default=DEMO_PORT, help=f"default {DEMO_PORT}; 0 takes a free one")
    demo.add_argument("--data-dir", type=Path, help="keep the clinic in this folder; default: a temporary one")
    demo.add_argument(
        "--lan",
        nargs="?",
        const="",
        metavar="ADDRESS",
        help="serve the phones of this network over TLS, with a certificate made here; by default at the address that"
        " this machine has in it",
    )
    demo.set_defaults(run=_demo)

    serve = commands.add_parser("serve", help="serve with gunicorn, settings from ACNETRACK_* variables")
    serve.add_argument("--bind", default=SERVE_ADDRESS, metavar="ADDRESS:PORT", help=f"default {SERVE_ADDRESS}")
    serve.add_argument("--workers", type=_count, help="processes, default ACNETRACK_WORKERS or 2")
    serve.add_argument("--threads", type=_count, help="threads in each, default ACNETRACK_THREADS or 4")
    serve.set_defaults(run=_serve)

    database = commands.add_parser("db", help="manage the database of ACNETRACK_DATABASE_URL")
    actions = database.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("upgrade", help="bring it up to the newest version").set_defaults(run=_upgrade)
    downgrade = actions.add_parser("downgrade", help="take it back to an older version")
    downgrade.add_argument("version", help="its number, or 'base' for an empty database")
    downgrade.set_defaults(run=_downgrade)

    admin = commands.add_parser("admin", help="look after a server, settings from ACNETRACK_* variables")
    subjects = admin.add_subparsers(required=True, metavar="SUBJECT")
    staff_cli.add_commands(subjects)
    models_cli.add_commands(subjects.add_parser("models", help="the models that phones get"))
    operations_cli.add_commands(subjects)
    photos_cli.add_commands(subjects.add_parser("photos", help="what is kept of photos"))
    keys_cli.add_commands(subjects.add_parser("keys", help="the keys that photos are encrypted with"))
    accesses_cli.add_commands(subjects.add_parser("accesses", help="the logs of who read what"))
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port < 2**16:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError("at least 1 is needed")
    return count


def _demo(arguments: argparse.Namespace) -> None:
    run(arguments.port, arguments.data_dir, arguments.lan)


def _serve(arguments: argparse.Namespace) -> None:
    for name in ("workers", "threads"):
        if getattr(arguments, name):
            os.environ[f"ACNETRACK_{name.upper()}"] = str(getattr(arguments, name))
    for name, value in GIVES_MEMORY_BACK.items():
        os.environ.setdefault(name, value)
    config = safe_settings()
    require_usable(config)
    require_newest(connect(config.database_url))
    replace_process(arguments.bind)


def _upgrade(_arguments: argparse.Namespace) -> None:
    upgrade(connect(safe_settings().database_url))


def _downgrade(arguments: argparse.Namespace) -> None:
    downgrade(connect(safe_settings().database_url), arguments.version)


def _fail(message: str) -> NoReturn:
    print(f"acnetrack: {message}", file=sys.stderr)
    sys.exit(2)
