"""The demonstration's certificate: kept, made anew in time, and worth nothing to anybody else."""

import ssl
import stat
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from server.running.demo.certificate import LEFT, VALID, certificate_for

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def made(tmp_path):
    return certificate_for("192.168.1.20", tmp_path / "certificate", NOW)


def verify(certificate, address, at=NOW):
    store = Store([certificate.authority])
    verifier = PolicyBuilder().store(store).time(at).build_server_verifier(x509.IPAddress(address))
    return verifier.verify(certificate.own, [])


def test_it_holds_for_its_address_and_no_other(made):
    assert verify(made, ip_address("192.168.1.20"))
    with pytest.raises(VerificationError):
        verify(made, ip_address("192.168.1.21"))


def test_its_authority_may_sign_for_this_address_alone_and_its_key_is_kept_nowhere(made, tmp_path):
    constraints = made.authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert [str(name.value) for name in constraints.value.permitted_subtrees] == ["192.168.1.20/32"]
    signed = made.own.public_key()
    assert signed.public_numbers() != made.authority.public_key().public_numbers()
    made.authority.public_key().verify(made.own.signature, made.own.tbs_certificate_bytes, ECDSA(SHA256()))
    assert made.key_file.read_bytes().count(b"PRIVATE KEY") == 2
    assert {path.name for path in (tmp_path / "certificate").iterdir()} == {"chain.pem", "key.pem"}


def test_phones_take_it(made):
    usage = made.own.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert made.own.not_valid_after_utc - made.own.not_valid_before_utc < timedelta(days=398)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.chain_file, made.key_file)


def test_only_its_owner_reads_the_key(made):
    assert stat.S_IMODE(made.key_file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("address", "passed", "same"),
    [
        ("192.168.1.20", timedelta(days=30), True),
        ("192.168.1.20", VALID - LEFT, False),
        ("192.168.1.21", timedelta(0), False),
    ],
)
def test_it_is_used_again_until_it_ends_soon_or_the_address_is_another(made, tmp_path, address, passed, same):
    later = certificate_for(address, tmp_path / "certificate", NOW + passed)
    assert (later.fingerprint == made.fingerprint) is same
    assert (later.authority_fingerprint == made.authority_fingerprint) is same
