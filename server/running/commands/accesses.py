"""`acnetrack admin accesses …`: checking that nobody tampered with the access logs."""

import argparse
import sys

from sqlalchemy.orm import Session

from server.application.safety import safe_settings
from server.foundation.db import connect
from server.migrations.runner import require_newest
from server.sharing.accesses.chain import Head
from server.sharing.accesses.verifying import Verified, logged_timelines, verify


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Give the parser of `accesses` its actions."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    check = actions.add_parser("verify", help="follow the chains of all access logs, or of one timeline's")
    check.add_argument("timeline", nargs="?", metavar="TIMELINE", help="its id; default: every timeline")
    check.add_argument(
        "--head", type=_head, metavar="COUNT:HASH", help="the log's head as the patient's phone kept it; needs TIMELINE"
    )
    check.set_defaults(run=_verify, parser=check)


def _head(text: str) -> Head:
    try:
        return Head.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _verify(arguments: argparse.Namespace) -> None:
    """Print what is broken, if anything; exits with 1 then."""
    if arguments.head and not arguments.timeline:
        arguments.parser.error("--head is of one timeline; name it")
    engine = connect(safe_settings().database_url)
    try:
        require_newest(engine)
        with Session(engine) as session:
            logs = _verified(session, arguments)
    finally:
        engine.dispose()
    broken = [log for log in logs if log.broken]
    for log in broken:
        print(f"{log.timeline_id}: {log.broken}")
    whole = [log for log in logs if not log.broken]
    print(f"{len(whole)} of {len(logs)} access logs are whole, with {sum(log.count for log in whole)} entries.")
    if broken:
        sys.exit(1)


def _verified(session: Session, arguments: argparse.Namespace) -> list[Verified]:
    timelines = logged_timelines(session)
    if arguments.timeline and arguments.timeline not in timelines:
        arguments.parser.error(f"there is no timeline {arguments.timeline}")
    return [
        verify(session, each, arguments.head) for each in ([arguments.timeline] if arguments.timeline else timelines)
    ]
