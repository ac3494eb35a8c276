"""`acnetrack admin photos …`: looking after what is kept of photos."""

import argparse

from server.application.factory import application
from server.photos.tidying import tidy


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Give the parser of `photos` its actions."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    tidying = actions.add_parser("tidy", help="show what is kept and no record or open upload needs")
    tidying.add_argument("--remove", action="store_true", help="and remove it; the server may go on running")
    tidying.set_defaults(run=_tidy)


def _tidy(arguments: argparse.Namespace) -> None:
    with application():
        untidy = tidy(arguments.remove)
    print(f"{untidy.uploads} uploads that did not go on in time")
    print(f"{untidy.deleted} photos that were deleted and whose bytes are here")
    print(f"{untidy.objects} objects of {untidy.object_bytes / 2**20:.1f} MiB that nothing names")
    print("Removed." if arguments.remove else "Nothing was removed; `--remove` does it.")
