"""The Ed25519 signature over a bundle's manifest, in `manifest.sig`.

The file holds one line: the signing key's id, a space, and the base64 of the signature over the bytes of
`manifest.json`, which are its canonical form; a phone verifies them as they lie there, before it parses them.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Collection
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mobile_models.bundle_errors import SignatureInvalid, SignatureMissing, SigningKeyUnknown
from mobile_models.manifest import MANIFEST, SIGNATURE, canonical, parse_manifest, read_bytes

LONGEST = 1024


def public_key_text(key: Ed25519PublicKey) -> str:
    """Return the key as it is pinned: the base64 of its 32 bytes."""
    return base64.b64encode(key.public_bytes_raw()).decode()


def key_id(public_key: str) -> str:
    """Return what a signature names its key by: the first 16 hexadecimal digits of the key's SHA-256.

    Raises:
        ValueError: the text is no public key.
    """
    return hashlib.sha256(_key(public_key).public_bytes_raw()).hexdigest()[:16]


def sign_manifest(folder: Path, private_key: Ed25519PrivateKey) -> None:
    """Bring a bundle's manifest into its canonical form and sign it, replacing any signature.

    Raises:
        BundleMissing, BundleCorrupt: there is no manifest that can be read.
        OSError: the folder cannot be written to.
    """
    data = canonical(parse_manifest(read_bytes(folder / MANIFEST)))
    signature = base64.b64encode(private_key.sign(data)).decode()
    line = f"{key_id(public_key_text(private_key.public_key()))} {signature}\n"
    for name, content in ((MANIFEST, data), (SIGNATURE, line.encode())):
        beside = folder / f".{name}"
        beside.write_bytes(content)
        os.replace(beside, folder / name)


def verify_manifest(folder: Path, public_keys: Collection[str]) -> None:
    """Check that one of the keys signed the manifest in a bundle's folder.

    Args:
        folder: the bundle's.
        public_keys: those trusted, as `public_key_text` writes them.

    Raises:
        BundleMissing: there is no manifest.
        SignatureMissing, SigningKeyUnknown, SignatureInvalid: none of them did.
    """
    check_signature(read_bytes(folder / MANIFEST), folder / SIGNATURE, public_keys)


def check_signature(manifest: bytes, signature: Path, public_keys: Collection[str]) -> None:
    """As `verify_manifest`, of a manifest that was read already."""
    named, signed = _read(signature)
    trusted = {key_id(key): key for key in public_keys}
    if named not in trusted:
        raise SigningKeyUnknown(
            f"The bundle is signed with the key {named}, which is not trusted here. Take the bundle from its "
            "publisher, or, if the key is yours, add its public half to the trusted ones."
        )
    try:
        _key(trusted[named]).verify(signed, manifest)
    except InvalidSignature as error:
        raise SignatureInvalid(
            "The bundle's signature does not fit its manifest, which was changed after it was signed. Keep the "
            "bundle you have and download this one again from its publisher."
        ) from error


def _read(path: Path) -> tuple[str, bytes]:
    try:
        with path.open("rb") as file:
            named, signed = file.read(LONGEST).decode("ascii").split()
        return named, base64.b64decode(signed, validate=True)
    except (OSError, ValueError) as error:
        raise SignatureMissing(
            f"The bundle has no {path.name} that can be read, so nobody vouches for it. Take a signed bundle, or "
            "sign this one with `python export.py sign`."
        ) from error


def _key(text: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
    except ValueError as error:
        raise ValueError("a public key is the base64 of 32 bytes, as `python export.py keygen` prints it") from error
