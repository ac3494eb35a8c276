"""A bundle is what its manifest says, or is refused with what is wrong and what to do."""

import json
import shutil

import pytest

from mobile_models.bundle import (
    MANIFEST,
    Bundle,
    BundleCorrupt,
    BundleMissing,
    BundleUnsupported,
    write_manifest,
)


@pytest.fixture
def copied(bundle, tmp_path):
    """A copy of the released bundle to damage."""
    return shutil.copytree(bundle.folder, tmp_path / "bundle")


def edit(folder, **entries):
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**manifest, **entries}))


def test_the_released_bundle_is_whole(bundle):
    assert bundle.model_path.is_file()
    assert len(bundle.model_sha256) == 64
    assert bundle.input_size_px in (320, 640)
    assert set(bundle.grading) >= {"IGA", "GEA", "Hayashi", "GAGS"}
    assert set(bundle.manifest["mdc"]["sem"]) == {"inflammatory", "non_inflammatory", "total"}


def test_a_missing_bundle_is_named_as_such(tmp_path):
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(BundleMissing, match="--bundle"):
            Bundle.open(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', "\x00\xff"])
def test_a_manifest_that_is_no_json_object_is_damage(text, copied):
    (copied / MANIFEST).write_bytes(text.encode("latin-1"))
    with pytest.raises((BundleCorrupt, BundleUnsupported)):
        Bundle.open(copied)


def test_one_changed_byte_is_damage(copied, bundle):
    path = copied / bundle.model_path.name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(BundleCorrupt, match="sha256"):
        Bundle.open(copied)


def test_a_cut_file_and_a_missing_file_are_damage(copied, bundle):
    path = copied / bundle.model_path.name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BundleCorrupt, match="size"):
        Bundle.open(copied)
    path.unlink()
    with pytest.raises(BundleCorrupt, match="missing"):
        Bundle.open(copied)


@pytest.mark.parametrize("key", ["calibration", "zones", "grading", "mdc", "files", "id", "default_file"])
def test_a_manifest_without_a_part_is_damage(key, copied):
    manifest = json.loads((copied / MANIFEST).read_text())
    del manifest[key]
    (copied / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(BundleCorrupt, match=key):
        Bundle.open(copied)


def test_an_instrument_without_a_threshold_is_damage(copied, bundle):
    iga = {key: value for key, value in bundle.grading["IGA"].items() if key != "nodules_from"}
    edit(copied, grading={**bundle.grading, "IGA": iga})
    with pytest.raises(BundleCorrupt, match="nodules_from"):
        Bundle.open(copied)


@pytest.mark.parametrize("key", ["calibration", "zones", "grading", "input", "files", "mdc"])
@pytest.mark.parametrize("value", [{}, [], None, 7])
def test_a_part_of_the_wrong_kind_is_damage(key, value, copied):
    edit(copied, **{key: value})
    with pytest.raises(BundleCorrupt):
        Bundle.open(copied)


@pytest.mark.parametrize("schema", [0, 2, "1", None])
def test_another_schema_is_unsupported(schema, copied):
    edit(copied, schema=schema)
    with pytest.raises(BundleUnsupported, match="schema"):
        Bundle.open(copied)


def test_a_bundle_for_newer_software_is_unsupported(copied):
    edit(copied, minimum_app_version="9.0.0")
    with pytest.raises(BundleUnsupported, match=r"9\.0\.0"):
        Bundle.open(copied)
    edit(copied, minimum_app_version="soon")
    with pytest.raises(BundleCorrupt, match="minimum_app_version"):
        Bundle.open(copied)


def test_other_classes_are_unsupported(copied):
    edit(copied, classes=["comedo", "papule"])
    with pytest.raises(BundleUnsupported, match="classes"):
        Bundle.open(copied)


@pytest.mark.parametrize("name", ["../outside.tflite", "/etc/hostname"])
def test_a_manifest_cannot_reach_outside_its_folder(name, copied):
    manifest = json.loads((copied / MANIFEST).read_text())
    edit(copied, files={**manifest["files"], name: {"bytes": 1, "sha256": "0" * 64}})
    with pytest.raises(BundleCorrupt, match="outside"):
        Bundle.open(copied)


def test_a_written_manifest_is_canonical_and_opens(copied):
    manifest = json.loads((copied / MANIFEST).read_text())
    (copied / "golden").mkdir()
    (copied / "golden" / "counts.json").write_text("{}")
    (copied / ".hidden").write_text("x")
    path = write_manifest(copied, manifest)
    first = path.read_bytes()
    assert write_manifest(copied, dict(reversed(manifest.items()))).read_bytes() == first
    assert "golden/counts.json" in Bundle.open(copied).manifest["files"]
    assert not {".hidden", MANIFEST} & set(json.loads(first)["files"])
    assert first.endswith(b"}\n")


def test_a_manifest_with_nan_is_not_written(copied):
    with pytest.raises(ValueError, match="JSON"):
        write_manifest(copied, {"metrics": float("nan")})
