"""`python export.py renew BUNDLE`: golden vectors, reference code and tables of a bundle made again.

Its models and what was measured of them stay as they are.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mobile_models import console
from mobile_models.bundle import MANIFEST, Bundle, write_manifest
from mobile_models.errors import AssessmentError
from mobile_models.export.face_model import write_face_model
from mobile_models.export.golden import write_golden
from mobile_models.export.manifest import tables
from mobile_models.export.reference_code import write_reference
from mobile_models.exposure import REFERENCE
from mobile_models.manifest import parse_manifest, read_bytes
from mobile_models.signature import sign_manifest
from mobile_models.signing import KeyUnusable, read_private_key


def main(arguments: Sequence[str]) -> int:
    """Run the command line; exit code 2 with a plain message when something is wrong."""
    parser = console.Parser(prog="export.py renew", description="Make all of a bundle again but its models.")
    parser.add_argument("folder", type=Path, help="the bundle's folder")
    parser.add_argument("--sign", type=Path, metavar="KEY", help="private key, of `export.py keygen`")
    options = parser.parse_args(arguments)
    try:
        renew(options.folder, read_private_key(options.sign) if options.sign else None)
    except (AssessmentError, KeyUnusable, OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"renewed {options.folder}; {'signed' if options.sign else 'not signed: sign it with export.py sign'}")
    return 0


def renew(folder: Path, key: Ed25519PrivateKey | None = None) -> Bundle:
    """Bring a bundle to what this software writes, without converting its models again.

    Args:
        folder: the bundle's.
        key: signs the manifest; None leaves it unsigned, as the old signature would be of another manifest.

    Raises:
        AssessmentError, OSError: the bundle cannot be read or written.
    """
    manifest = parse_manifest(read_bytes(folder / MANIFEST))
    manifest |= tables(manifest)
    manifest["input"] = {**manifest["input"], "exposure": REFERENCE.to_manifest()}
    write_face_model(folder)
    write_manifest(folder, manifest)
    write_golden(folder)
    write_reference(folder)
    write_manifest(folder, manifest)
    if key:
        sign_manifest(folder, key)
    bundle = Bundle.open(folder, app_version=None)
    bundle.verify()
    return bundle
