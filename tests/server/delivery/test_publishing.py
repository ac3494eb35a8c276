"""A bundle is published whole and verified, or not at all."""

import errno
import io
import json
import os
import shutil

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mobile_models.bundle import Bundle
from mobile_models.bundle_errors import (
    BundleFileHash,
    BundleFileMissing,
    BundleMissing,
    BundlePathOutside,
    SignatureInvalid,
    SignatureMissing,
    SigningKeyUnknown,
)
from mobile_models.signature import sign_manifest
from server.delivery import publishing
from server.delivery.publishing import StoreUnusable, VersionBlocked, VersionNotReleased, VersionTaken
from server.running.cli import main

pytestmark = pytest.mark.both_databases

MODEL = "lesions.float32.tflite"


@pytest.fixture
def inside(app):
    with app.app_context():
        yield


@pytest.fixture
def store(config):
    return config.model_store_dir / "lesions"


def states():
    return [(offer.bundle.name, offer.rollout_percent, offer.blocked) for offer in publishing.listed("lesions")]


def flip(path):
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def test_a_published_bundle_lies_in_the_store_as_it_was_signed(inside, make_bundle, store):
    folder = make_bundle("0.9.0")
    (folder / "notes.txt").write_text("listed nowhere")
    bundle = publishing.publish(folder, 10).bundle
    assert bundle.folder == store / "0.9.0"
    there = {path.relative_to(bundle.folder).as_posix() for path in bundle.folder.rglob("*") if path.is_file()}
    assert there == {*bundle.manifest["files"], "manifest.json", "manifest.sig"}
    assert states()[0] == ("0.9.0", 10, False)


def remove_signature(folder, key):
    (folder / "manifest.sig").unlink()


def change_manifest(folder, key):
    manifest = json.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "notice": "none"}))


def sign_with_another_key(folder, key):
    sign_manifest(folder, Ed25519PrivateKey.generate())


def lead_outside(folder, key):
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"]["../../outside"] = {"bytes": 1, "sha256": "0" * 64}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    sign_manifest(folder, key)


@pytest.mark.parametrize(
    ("damage", "error"),
    [
        (lambda folder, _: (folder / "manifest.json").unlink(), BundleMissing),
        (remove_signature, SignatureMissing),
        (change_manifest, SignatureInvalid),
        (sign_with_another_key, SigningKeyUnknown),
        (lambda folder, _: flip(folder / "golden" / "wide.json"), BundleFileHash),
        (lambda folder, _: (folder / "golden" / "wide.json").unlink(), BundleFileMissing),
        (lead_outside, BundlePathOutside),
    ],
)
def test_what_is_not_whole_and_signed_is_not_published(damage, error, inside, make_bundle, signing_key, store):
    before, folder = states(), make_bundle("0.9.0")
    damage(folder, signing_key)
    with pytest.raises(error):
        publishing.publish(folder)
    assert states() == before
    assert not store.exists()


def test_a_full_disk_leaves_nothing_behind_and_publishing_again_works(inside, make_bundle, store, monkeypatch):
    folder, copy = make_bundle("0.9.0"), shutil.copyfile

    def full(source, target):
        if str(target).endswith("labels.txt"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return copy(source, target)

    with monkeypatch.context() as fault:
        fault.setattr(shutil, "copyfile", full)
        with pytest.raises(StoreUnusable, match="ACNETRACK_MODEL_STORE_DIR"):
            publishing.publish(folder)
    assert list(store.iterdir()) == []
    assert "0.9.0" not in [name for name, _, _ in states()]
    publishing.publish(folder)
    assert states()[0] == ("0.9.0", 100, False)


def test_a_stop_between_copying_and_writing_down_is_made_good_by_publishing_again(inside, make_bundle, store):
    folder = make_bundle("0.9.0")
    shutil.copytree(folder, store / "0.9.0")
    shutil.copytree(folder, store / ".incoming-0.9.0")
    assert "0.9.0" not in [name for name, _, _ in states()]
    publishing.publish(folder)
    assert states()[0] == ("0.9.0", 100, False)


def test_what_a_stop_left_of_another_bundle_is_replaced(inside, make_bundle, store):
    shutil.copytree(make_bundle("0.9.0", notice="an abandoned build"), store / "0.9.0")
    publishing.publish(make_bundle("0.9.0"))
    assert json.loads((store / "0.9.0" / "manifest.json").read_bytes())["notice"] != "an abandoned build"


def test_publishing_again_only_changes_the_share(inside, make_bundle, store):
    folder = make_bundle("0.9.0")
    publishing.publish(folder, 10)
    written = (store / "0.9.0" / MODEL).stat().st_mtime_ns
    publishing.publish(folder, 30)
    assert states()[0] == ("0.9.0", 30, False)
    assert (store / "0.9.0" / MODEL).stat().st_mtime_ns == written


def test_a_version_never_changes(inside, make_bundle):
    publishing.publish(make_bundle("0.9.0"), 10)
    with pytest.raises(VersionTaken, match=r"0\.9\.0"):
        publishing.publish(make_bundle("0.9.0", notice="another"))
    built_in = states()[-1][0]
    with pytest.raises(VersionTaken):
        publishing.publish(make_bundle(built_in, notice="another"))


def test_a_withdrawn_version_stays_so(inside, make_bundle):
    folder = make_bundle("0.9.0")
    publishing.publish(folder)
    publishing.block("lesions", "0.9.0")
    with pytest.raises(VersionBlocked, match="for good"):
        publishing.set_rollout("lesions", "0.9.0", 10)
    with pytest.raises(VersionBlocked):
        publishing.publish(folder)
    assert states()[0] == ("0.9.0", 100, True)


def test_a_version_that_is_not_here_is_named(inside):
    with pytest.raises(VersionNotReleased, match=r"7\.0\.0"):
        publishing.block("lesions", "7.0.0")
    with pytest.raises(VersionNotReleased, match=r"7\.0\.0"):
        publishing.set_rollout("lesions", "7.0.0", 10)


@pytest.fixture
def run(config, monkeypatch, capsys):
    """Runs `acnetrack admin models …`; returns its exit code and what it says on standard output and error."""
    monkeypatch.setenv("ACNETRACK_DATABASE_URL", config.database_url)
    monkeypatch.setenv("ACNETRACK_PHOTO_DIR", str(config.photo_dir))
    monkeypatch.setenv("ACNETRACK_MODEL_STORE_DIR", str(config.model_store_dir))
    monkeypatch.setenv("ACNETRACK_MODEL_PUBLIC_KEYS", ",".join(config.model_public_keys))

    def admin(*arguments):
        capsys.readouterr()  # What the server logged until now.
        try:
            main(["admin", "models", *map(str, arguments)])
            code = 0
        except SystemExit as exit:
            code = exit.code
        return code, *capsys.readouterr()

    return admin


def test_an_operator_publishes_widens_and_withdraws_from_the_command_line(run, make_bundle):
    folder = make_bundle("0.9.0")
    assert "to 10 %" in run("publish", folder, "--rollout", "10")[1]
    assert "stays out for 10 %" in run("publish", folder)[1]
    assert run("list")[1].split()[:3] == ["0.9.0", "10", "%"]
    assert "to 0 %" in run("publish", folder, "--rollout", "0")[1]
    assert run("rollout", "0.9.0", "100")[0] == 0
    assert "withdrawn" in run("block", "0.9.0", "--yes")[1]
    shown = run("list")[1].splitlines()
    assert shown[0].split()[:2] == ["0.9.0", "withdrawn"]
    code, _, refused = run("publish", folder)
    assert (code, refused.count("\n")) == (2, 1)
    assert "for good" in refused


@pytest.mark.parametrize(
    "arguments", [("rollout", "0.9.0", "101"), ("publish", "x", "--rollout", "-1"), ("publish", "x")]
)
def test_what_cannot_be_done_is_said_in_one_line(arguments, run):
    code, _, output = run(*arguments)
    assert code == 2
    assert output.splitlines()[-1].startswith(("acnetrack", "usage"))


def test_withdrawing_says_what_it_does_to_whom_and_asks(
    run, make_bundle, patient, visit_row, assessment_row, monkeypatch
):
    run("publish", make_bundle("0.9.0"))
    model = {"model_id": "lesions", "model_version": "0.9.0"}
    patient.push(visits=[visit_row()], assessments=[assessment_row(**model)])
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    code, said, refused = run("block", "0.9.0")
    assert (code, refused.strip()) == (2, "acnetrack: Nothing was withdrawn.")
    assert "some of 1 timelines" in said and f"go back to {Bundle.open().version}" in said
    assert "withdrawn" not in run("list")[1]
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert run("block", "0.9.0")[0] == 2
    monkeypatch.setattr("sys.stdin", io.StringIO("0.9.0\n"))
    assert run("block", "0.9.0")[0] == 0
    assert "withdrawn" in run("list")[1]
