"""A manifest that its publisher did not sign as it lies there is refused, each time with its own reason."""

import json
import shutil
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mobile_models import keys, signing
from mobile_models.bundle import MANIFEST, RELEASED, Bundle, write_manifest
from mobile_models.bundle_errors import BundleMissing, SignatureInvalid, SignatureMissing, SigningKeyUnknown
from mobile_models.signature import key_id, public_key_text, sign_manifest, verify_manifest

SIGNATURE = "manifest.sig"


@pytest.fixture(scope="module")
def key():
    return Ed25519PrivateKey.generate()


@pytest.fixture(scope="module")
def public(key):
    return public_key_text(key.public_key())


@pytest.fixture
def signed(bundle, key, tmp_path):
    folder = shutil.copytree(bundle.folder, tmp_path / "bundle")
    sign_manifest(folder, key)
    return folder


def test_a_signed_bundle_opens_with_the_key_that_signed_it(signed, public, bundle):
    opened = Bundle.open(signed, public_keys=[*keys.RELEASE_KEYS, public])
    assert opened.manifest == bundle.manifest


def test_what_is_signed_are_the_bytes_of_the_canonical_manifest(signed, key):
    data = (signed / MANIFEST).read_bytes()
    compact = json.dumps(json.loads(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert data == compact.encode()
    named, _ = (signed / SIGNATURE).read_text().split()
    assert named == key_id(public_key_text(key.public_key()))
    before = (signed / SIGNATURE).read_bytes()
    sign_manifest(signed, key)
    assert (signed / SIGNATURE).read_bytes() == before


def test_every_changed_byte_of_the_manifest_breaks_the_signature(signed, public):
    data = (signed / MANIFEST).read_bytes()
    for place in range(0, len(data), len(data) // 40):
        (signed / MANIFEST).write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(SignatureInvalid, match="changed after it was signed"):
            verify_manifest(signed, [public])
    (signed / MANIFEST).write_bytes(data + b"\n")
    with pytest.raises(SignatureInvalid):
        Bundle.open(signed, public_keys=[public])


def test_a_key_that_is_not_pinned_is_unknown(signed):
    with pytest.raises(SigningKeyUnknown, match="not trusted"):
        Bundle.open(signed, public_keys=[*keys.RELEASE_KEYS, keys.DEVELOPMENT_KEY])
    with pytest.raises(SigningKeyUnknown):
        Bundle.open(signed, public_keys=[])


def test_a_signature_that_names_another_key_than_made_it_is_invalid(signed, public):
    other = public_key_text(Ed25519PrivateKey.generate().public_key())
    signature = (signed / SIGNATURE).read_text().split()[1]
    (signed / SIGNATURE).write_text(f"{key_id(other)} {signature}\n")
    with pytest.raises(SignatureInvalid):
        Bundle.open(signed, public_keys=[public, other])


@pytest.mark.parametrize("text", ["", "x", "a b c", "efe7cc438e4cfc78 no-base64", "ä b", "\x00" * 5000])
def test_a_signature_that_is_none_counts_as_missing(text, signed, public):
    (signed / SIGNATURE).write_text(text)
    with pytest.raises(SignatureMissing, match=r"export\.py sign"):
        Bundle.open(signed, public_keys=[public])


def test_a_bundle_without_a_signature_is_refused_where_one_is_asked_for(signed, public, tmp_path):
    (signed / SIGNATURE).unlink()
    with pytest.raises(SignatureMissing):
        Bundle.open(signed, public_keys=[public])
    Bundle.open(signed)
    with pytest.raises(BundleMissing):
        verify_manifest(tmp_path, [public])


def test_writing_a_manifest_anew_removes_the_signature_of_the_old_one(signed, bundle):
    write_manifest(signed, bundle.manifest)
    assert not (signed / SIGNATURE).exists()


def test_keygen_and_sign_make_a_bundle_that_opens_and_keep_the_private_key_private(signed, tmp_path, capsys):
    assert signing.main(["keygen", "--out", str(tmp_path / "keys")]) == 0
    private = tmp_path / "keys" / "private.pem"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert signing.main(["sign", str(signed), "--key", str(private)]) == 0
    public = (tmp_path / "keys" / "public.txt").read_text().strip()
    assert public in capsys.readouterr().out
    Bundle.open(signed, public_keys=[public]).verify()


def test_keygen_writes_no_key_where_it_could_be_committed(tmp_path, capsys):
    (tmp_path / ".git").mkdir()
    assert signing.main(["keygen", "--out", str(tmp_path / "deep" / "keys")]) == 2
    assert "lies in the repository" in capsys.readouterr().err
    assert not (tmp_path / "deep").exists()


def test_keygen_never_replaces_a_key(tmp_path, capsys):
    assert signing.main(["keygen", "--out", str(tmp_path)]) == 0
    before = (tmp_path / "private.pem").read_bytes()
    assert signing.main(["keygen", "--out", str(tmp_path)]) == 2
    assert "never replaced" in capsys.readouterr().err
    assert (tmp_path / "private.pem").read_bytes() == before


def test_a_damaged_bundle_is_not_signed(signed, tmp_path, capsys):
    signing.main(["keygen", "--out", str(tmp_path / "keys")])
    before = (signed / SIGNATURE).read_bytes()
    (signed / "MODEL_CARD.md").write_text("another")
    assert signing.main(["sign", str(signed), "--key", str(tmp_path / "keys" / "private.pem")]) == 2
    assert "MODEL_CARD.md" in capsys.readouterr().err
    assert (signed / SIGNATURE).read_bytes() == before


@pytest.mark.parametrize("kind", ["absent", "text", "public", "elliptic", "locked"])
def test_a_key_that_cannot_sign_is_refused_by_its_file(kind, signed, key, tmp_path, capsys):
    path = tmp_path / "key.pem"
    if kind == "text":
        path.write_text("no key")
    elif kind == "public":
        path.write_text(public_key_text(key.public_key()))
    elif kind == "elliptic":
        other = ec.generate_private_key(ec.SECP256R1())
        path.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    elif kind == "locked":
        path.mkdir()
    assert signing.main(["sign", str(signed), "--key", str(path)]) == 2
    assert "key.pem" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "x", "AAAA", "é"])
def test_a_pinned_key_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="32 bytes"):
        key_id(text)


def test_the_pinned_keys_are_keys_and_development_is_not_among_the_releases():
    assert len({key_id(key) for key in (*keys.RELEASE_KEYS, keys.DEVELOPMENT_KEY)}) == len(keys.RELEASE_KEYS) + 1


def test_the_released_bundle_is_signed_with_a_release_key():
    Bundle.open(RELEASED, public_keys=keys.RELEASE_KEYS).verify()
