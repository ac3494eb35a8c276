"""`acnetrack admin models …`: releasing models from the command line."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

from server.application.factory import application
from server.delivery import publishing
from server.delivery.publishing import PublishingError
from server.delivery.shelf import LINE
from server.foundation import db
from server.reassessment.running import reassess
from server.reassessment.tally import tally

WATCH_SECONDS = 60
Command = Callable[[argparse.Namespace], None]


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Give the parser of `models` its actions."""
    models = parser.add_subparsers(required=True, metavar="ACTION")
    publish = models.add_parser("publish", help="verify a signed bundle and release it")
    publish.add_argument("folder", type=Path, help="the bundle's folder")
    publish.add_argument("--rollout", type=_percent, metavar="PERCENT", help="of timelines, default 100 at first")
    publish.set_defaults(run=_inside(_publish))

    rollout = models.add_parser("rollout", help="give a version to another share of the timelines")
    rollout.add_argument("version")
    rollout.add_argument("percent", type=_percent)
    rollout.set_defaults(run=_inside(_rollout))

    block = models.add_parser("block", help="withdraw a version for good; phones that hold it go back")
    block.add_argument("version")
    block.add_argument("--yes", action="store_true", help="without asking")
    block.set_defaults(run=_inside(_block))

    shown = models.add_parser("list", help="show the versions, newest first")
    shown.set_defaults(run=_inside(_list))

    again = models.add_parser("reassess", help="assess the photos that are here again by the model that is out")
    again.add_argument("--watch", action="store_true", help=f"go on, looking for more every {WATCH_SECONDS} s")
    again.set_defaults(run=_inside(_reassess))
    for command in (rollout, block, shown):
        command.add_argument("--line", default=LINE, help=f"default {LINE}")


def _inside(command: Command) -> Command:
    """Return the command, run inside the application of the environment's settings."""

    def run(arguments: argparse.Namespace) -> None:
        with application():
            command(arguments)

    return run


def _percent(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > 100:
        raise argparse.ArgumentTypeError("a share is a whole number from 0 to 100")
    return int(text)


def _publish(arguments: argparse.Namespace) -> None:
    published = publishing.publish(arguments.folder, arguments.rollout)
    bundle, share = published.bundle, f"{published.rollout_percent} % of timelines"
    if published.was_out:
        print(f"{bundle.line} {bundle.version} was out already and stays out for {share}; --rollout changes that.")
    else:
        print(f"Published {bundle.line} {bundle.version} to {share}.")
    print("Photos that are here are assessed by it with `acnetrack admin models reassess`.")


def _rollout(arguments: argparse.Namespace) -> None:
    publishing.set_rollout(arguments.line, arguments.version, arguments.percent)
    print(f"{arguments.line} {arguments.version} is out for {arguments.percent} % of timelines.")


def _block(arguments: argparse.Namespace) -> None:
    after = publishing.consequences(arguments.line, arguments.version)
    print(f"{arguments.line} {arguments.version} will be withdrawn for good, also after a restore.")
    print(f"It assessed some of {after.timelines} timelines, which are told; phones that hold it go back to"
          f" {after.instead or 'nothing: no other version is out'}.")  # fmt: skip
    if not arguments.yes and not _agreed(arguments.version):
        raise PublishingError("Nothing was withdrawn.")
    publishing.block(arguments.line, arguments.version)
    print(f"{arguments.line} {arguments.version} is withdrawn; phones that hold it are told to go back.")


def _agreed(version: str) -> bool:
    """Return whether the operator types the version once more; who cannot be asked does not agree."""
    try:
        return input(f"Type {version} to go on: ").strip() == version
    except EOFError:
        return False


def _list(arguments: argparse.Namespace) -> None:
    for offer in publishing.listed(arguments.line):
        state = "withdrawn" if offer.blocked else f"{offer.rollout_percent} %"
        print(f"{offer.bundle.name:<16} {state:>9}   app {offer.bundle.manifest['minimum_app_version']} or later")
    print(tally())


def _reassess(arguments: argparse.Namespace) -> None:
    """Stopped at any moment, it loses at most the visit it is at; the next run goes on there."""
    try:
        while True:
            _reassess_once()
            if not arguments.watch:
                return
            db.session().rollback()
            time.sleep(WATCH_SECONDS)
    except OSError as error:
        raise PublishingError(
            f"The photo store cannot be read ({error.strerror or error}); mend it and run again."
        ) from error
    except KeyboardInterrupt:
        print(f"Stopped: {tally()}. Run it again to go on.", file=sys.stderr)
        sys.exit(130)


def _reassess_once() -> None:
    with tqdm(unit="visit", file=sys.stderr, disable=None) as bar:
        for now in reassess():
            bar.total, bar.n = now.total, now.total - now.waiting
            bar.refresh()
    print(tally(), flush=True)
