"""`acnetrack admin keys …`: the master keys that patients' keys are wrapped under."""

import argparse
import sys

from tqdm import tqdm

from server.application.safety import safe_settings
from server.foundation.config import ConfigError
from server.foundation.keys.errors import WrongMasterKey
from server.foundation.keys.folder import FolderKeyRing
from server.foundation.keys.master import new_master_key


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Give the parser of `keys` its actions."""
    keys = parser.add_subparsers(required=True, metavar="ACTION")
    keys.add_parser("new", help="print a fresh master key").set_defaults(run=_new)
    rotate = keys.add_parser("rotate", help="wrap every patient's key under the newest of ACNETRACK_MASTER_KEY")
    rotate.set_defaults(run=_rotate)


def _new(_given: argparse.Namespace) -> None:
    print(new_master_key())


def _rotate(_given: argparse.Namespace) -> None:
    config = safe_settings()
    with tqdm(unit="key", file=sys.stderr, disable=None) as bar:

        def tell(done: int, total: int) -> None:
            bar.total, bar.n = total, done
            bar.refresh()

        try:
            rewrapped = FolderKeyRing(config.key_dir, config.master_key).rotate(tell)
        except WrongMasterKey as error:
            raise ConfigError(error.for_operator) from error
    print(f"{rewrapped} keys are wrapped anew; the older master keys can be removed from ACNETRACK_MASTER_KEY.")
