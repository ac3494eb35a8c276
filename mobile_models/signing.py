"""`python export.py keygen` and `python export.py sign`: a key pair, and a bundle signed with it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from mobile_models import console
from mobile_models.bundle import Bundle
from mobile_models.errors import AssessmentError
from mobile_models.signature import key_id, public_key_text, sign_manifest

PRIVATE, PUBLIC = "private.pem", "public.txt"
COMMANDS = ("keygen", "sign")


class KeyUnusable(ValueError):
    """A key cannot be read or written; the message names the file and the remedy."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; exit code 2 with a plain message when something is wrong."""
    options = _parser().parse_args(arguments)
    try:
        print(options.run(options))
    except (KeyUnusable, AssessmentError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def make_keys(folder: Path) -> str:
    """Write a new key pair to a folder and return its public key; the private one only its owner may read.

    Raises:
        KeyUnusable: there is a key already, the folder cannot be written to, or a repository would take it in.
    """
    repository = next((above for above in (folder, *folder.resolve().parents) if (above / ".git").exists()), None)
    if repository is not None:
        raise KeyUnusable(
            f"{folder} lies in the repository {repository}, and a key must never be committed. Name another."
        )
    key = Ed25519PrivateKey.generate()
    public = public_key_text(key.public_key())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / PRIVATE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        (folder / PUBLIC).write_text(f"{public}\n", encoding="ascii")
    except FileExistsError as error:
        raise KeyUnusable(f"{folder} holds a key already, which is never replaced. Name another folder.") from error
    except OSError as error:
        raise KeyUnusable(f"No key can be written to {folder} ({error.strerror}). Name another folder.") from error
    return public


def read_private_key(path: Path) -> Ed25519PrivateKey:
    """Return the key in a file that `make_keys` wrote. Raises KeyUnusable."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnusable(f"{path} is no private key that can be read. Make one with keygen.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(f"{path} is a key of another kind than Ed25519. Make one with keygen.")
    return key


def _parser() -> argparse.ArgumentParser:
    parser = console.Parser(prog="export.py", description="Keys and signatures of bundles.")
    commands = parser.add_subparsers(required=True, metavar="|".join(COMMANDS))
    keygen = commands.add_parser("keygen", help="make a key pair to sign bundles with")
    keygen.add_argument("--out", type=Path, required=True, help="folder outside any repository")
    keygen.set_defaults(run=_keygen)
    sign = commands.add_parser("sign", help="check a bundle and sign its manifest")
    sign.add_argument("folder", type=Path, help="the bundle's folder")
    sign.add_argument("--key", type=Path, required=True, help=f"the {PRIVATE} that keygen wrote")
    sign.set_defaults(run=_sign)
    return parser


def _keygen(options: argparse.Namespace) -> str:
    public = make_keys(options.out)
    return (
        f"Key {key_id(public)}. Keep {options.out / PRIVATE} out of every repository.\n"
        f"Public key, to be pinned in mobile_models/keys.py or ACNETRACK_MODEL_PUBLIC_KEYS:\n{public}"
    )


def _sign(options: argparse.Namespace) -> str:
    key = read_private_key(options.key)
    Bundle.open(options.folder, app_version=None).verify()
    sign_manifest(options.folder, key)
    return f"Signed {options.folder} with the key {key_id(public_key_text(key.public_key()))}."
