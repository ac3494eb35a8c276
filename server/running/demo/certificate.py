"""A certificate for the demonstration in a local network, which phones can be told to trust without a risk.

It is signed by an authority that is made for it: that one may sign for this machine's address alone, and its key is
thrown away at once, so whoever trusts it trusts this one certificate and nothing else, ever.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID = timedelta(days=390)
"""Apple's phones take none that is valid for more than 398 days."""
LEFT = timedelta(days=7)
"""With less than this left it is made anew."""


@dataclass(frozen=True)
class Certificate:
    """Where the server's certificate with its authority's behind it lies, its key, and both as they are."""

    chain_file: Path
    key_file: Path
    own: x509.Certificate
    authority: x509.Certificate

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the server's own, as browsers show it."""
        return self.own.fingerprint(SHA256()).hex(":").upper()

    @property
    def authority_fingerprint(self) -> str:
        """SHA-256 of what a phone installs."""
        return self.authority.fingerprint(SHA256()).hex(":").upper()


def certificate_for(address: str, folder: Path, now: datetime) -> Certificate:
    """Return the certificate in `folder` for an IP address, made anew where there is none, or none that is good."""
    found = _read(folder)
    if found is None or not _good(found.own, address, now):
        _make(address, folder, now)
        found = _read(folder)
    assert found is not None
    return found


def _read(folder: Path) -> Certificate | None:
    chain_file, key_file = folder / "chain.pem", folder / "key.pem"
    if not (chain_file.is_file() and key_file.is_file()):
        return None
    own, authority = x509.load_pem_x509_certificates(chain_file.read_bytes())
    return Certificate(chain_file, key_file, own, authority)


def _good(own: x509.Certificate, address: str, now: datetime) -> bool:
    names = own.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    named = ip_address(address) in names.get_values_for_type(x509.IPAddress)
    return named and own.not_valid_before_utc <= now < own.not_valid_after_utc - LEFT


def _make(address: str, folder: Path, now: datetime) -> None:
    ip = ip_address(address)
    signing_key, key = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
    issuer = _name(f"acnetrack demonstration at {address}")
    this_machine_alone = x509.NameConstraints([x509.IPAddress(ip_network(ip))], None)
    authority = (
        _unsigned(issuer, issuer, signing_key, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(this_machine_alone, critical=True)
        .sign(signing_key, SHA256())
    )
    own = (
        _unsigned(_name(address), issuer, key, now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip)]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()),
            critical=False,
        )
        .sign(signing_key, SHA256())
    )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "chain.pem").write_bytes(own.public_bytes(Encoding.PEM) + authority.public_bytes(Encoding.PEM))
    secret = os.open(folder / "key.pem", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(secret, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _unsigned(
    subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
