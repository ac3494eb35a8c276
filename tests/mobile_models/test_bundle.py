"""A bundle is what its manifest says, or is refused with what is wrong and what to do."""

import json
import re
import shutil

import pytest

from mobile_models.bundle import MANIFEST, Bundle, write_manifest
from mobile_models.bundle_errors import (
    BundleCorrupt,
    BundleFileHash,
    BundleFileMissing,
    BundleFileSize,
    BundleMissing,
    BundleNeedsNewerApp,
    BundleOlder,
    BundlePathOutside,
    BundleSchemaUnsupported,
    BundleUnsupported,
)


@pytest.fixture
def copied(bundle, tmp_path):
    """A copy of the released bundle to damage."""
    return shutil.copytree(bundle.folder, tmp_path / "bundle")


def edit(folder, **entries):
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**manifest, **entries}))


def flip_a_byte(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_the_released_bundle_is_whole(bundle):
    bundle.verify()
    assert bundle.model_path.is_file()
    assert len(bundle.model_sha256) == 64
    assert bundle.input_size_px in (320, 640)
    assert set(bundle.grading) >= {"IGA", "GEA", "Hayashi", "GAGS"}
    assert set(bundle.manifest["mdc"]["sem"]) == {"inflammatory", "non_inflammatory", "total"}


def test_a_missing_bundle_is_named_as_such(tmp_path):
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(BundleMissing, match="--bundle"):
            Bundle.open(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', "\x00\xff", '{"schema": NaN}', "[" * 100_000])
def test_a_manifest_that_is_no_json_object_is_damage(text, copied):
    (copied / MANIFEST).write_bytes(text.encode("latin-1"))
    with pytest.raises(BundleCorrupt):
        Bundle.open(copied)


def test_a_manifest_of_endless_length_is_not_read_to_its_end(copied):
    with (copied / MANIFEST).open("r+b") as file:
        file.truncate(2**40)
    with pytest.raises(BundleCorrupt, match="longer"):
        Bundle.open(copied)


def test_one_changed_byte_of_the_model_is_damage(copied, bundle):
    flip_a_byte(copied / bundle.model_path.name)
    with pytest.raises(BundleFileHash, match="sha256"):
        Bundle.open(copied)


def test_a_cut_file_and_a_missing_file_are_damage(copied, bundle):
    path = copied / bundle.model_path.name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BundleFileSize, match="size"):
        Bundle.open(copied)
    path.unlink()
    with pytest.raises(BundleFileMissing, match="missing"):
        Bundle.open(copied)


def test_a_phone_with_one_model_of_several_can_open_it_and_verify_finds_what_is_not_there(copied):
    (copied / "MODEL_CARD.md").unlink()
    opened = Bundle.open(copied)
    with pytest.raises(BundleFileMissing, match=r"MODEL_CARD\.md"):
        opened.verify()


def test_verify_finds_one_changed_byte_in_a_file_that_does_not_run(copied, bundle):
    smallest = sorted(
        set(bundle.manifest["files"]) - {bundle.model_file}, key=lambda n: bundle.manifest["files"][n]["bytes"]
    )
    for name in smallest[:3]:
        flip_a_byte(copied / name)
        with pytest.raises(BundleFileHash, match=re.escape(name)):
            Bundle(copied, bundle.manifest, bundle.model_file).verify()
        shutil.copyfile(bundle.folder / name, copied / name)
    Bundle.open(copied).verify()


def test_another_of_its_models_can_be_chosen_to_run(copied, bundle):
    shutil.copyfile(bundle.model_path, copied / "lesions.other.tflite")
    write_manifest(copied, bundle.manifest)
    chosen = Bundle.open(copied, model_file="lesions.other.tflite")
    assert chosen.model_path == copied / "lesions.other.tflite"
    assert chosen.model_files == sorted([*bundle.model_files, "lesions.other.tflite"])
    with pytest.raises(BundleUnsupported, match=r"lesions\.int4\.tflite"):
        Bundle.open(copied, model_file="lesions.int4.tflite")


@pytest.mark.parametrize("key", ["calibration", "zones", "grading", "mdc", "files", "id", "line", "default_file"])
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


@pytest.mark.parametrize("key", ["calibration", "zones", "grading", "input", "files", "mdc", "default_file", "version"])
@pytest.mark.parametrize("value", [{}, [], None, 7])
def test_a_part_of_the_wrong_kind_is_damage(key, value, copied):
    edit(copied, **{key: value})
    with pytest.raises(BundleCorrupt):
        Bundle.open(copied)


@pytest.mark.parametrize(
    "facts", [None, {}, {"bytes": 3}, {"bytes": -1, "sha256": "0" * 64}, {"bytes": 1, "sha256": "0"}]
)
def test_a_listed_file_without_size_and_hash_is_damage(facts, copied, bundle):
    edit(copied, files={**bundle.manifest["files"], "extra.txt": facts})
    with pytest.raises(BundleCorrupt, match=r"extra\.txt"):
        Bundle.open(copied)


@pytest.mark.parametrize("schema", [0, 2, "1", None, True])
def test_another_schema_is_unsupported(schema, copied):
    edit(copied, schema=schema)
    with pytest.raises(BundleSchemaUnsupported, match="schema"):
        Bundle.open(copied)


def test_a_bundle_for_a_newer_app_is_unsupported_and_can_still_be_handed_on(copied):
    edit(copied, minimum_app_version="9.0.0")
    with pytest.raises(BundleNeedsNewerApp, match=r"9\.0\.0"):
        Bundle.open(copied)
    assert Bundle.open(copied, app_version="9.1.0").version == Bundle.open(copied, app_version=None).version
    edit(copied, minimum_app_version="soon")
    with pytest.raises(BundleCorrupt, match="minimum_app_version"):
        Bundle.open(copied)


def test_an_older_bundle_never_replaces_the_one_held_unless_on_purpose(copied):
    edit(copied, version="1.9.0")
    for held in ("1.8.9", "1.9.0", "1.9.0-rc.1"):
        assert Bundle.open(copied, held=held).version == "1.9.0"
    for held in ("1.10.0", "1.9.1-rc.1"):
        with pytest.raises(BundleOlder, match="held"):
            Bundle.open(copied, held=held)
    assert Bundle.open(copied).version == "1.9.0"


@pytest.mark.parametrize("classes", [["comedo", "papule"], ["papule", "comedo", "pustule", "nodule"], None, "comedo"])
def test_other_classes_are_unsupported(classes, copied):
    edit(copied, classes=classes)
    with pytest.raises(BundleUnsupported, match="classes"):
        Bundle.open(copied)


@pytest.mark.parametrize(
    "name",
    [
        "../outside.tflite",
        "/etc/hostname",
        "golden/../../x",
        "a\\b",
        "C:x",
        "./x",
        "golden//x",
        "",
        "x\n",
        ".hidden",
        "ä",
    ],
)
def test_a_manifest_cannot_reach_outside_its_folder(name, copied):
    manifest = json.loads((copied / MANIFEST).read_text())
    edit(copied, files={**manifest["files"], name: {"bytes": 1, "sha256": "0" * 64}})
    with pytest.raises(BundlePathOutside, match="outside"):
        Bundle.open(copied)


def test_a_link_cannot_reach_outside_its_folder(copied, bundle, tmp_path):
    model = copied / bundle.model_file
    model.rename(tmp_path / "elsewhere.tflite")
    model.symlink_to(tmp_path / "elsewhere.tflite")
    with pytest.raises(BundlePathOutside, match="link"):
        Bundle.open(copied)


def test_a_written_manifest_is_canonical_and_opens(copied):
    manifest = json.loads((copied / MANIFEST).read_text())
    (copied / "golden").mkdir(exist_ok=True)
    (copied / "golden" / "more.json").write_text("{}")
    (copied / ".hidden").write_text("x")
    path = write_manifest(copied, manifest)
    first = path.read_bytes()
    assert write_manifest(copied, dict(reversed(manifest.items()))).read_bytes() == first
    opened = Bundle.open(copied)
    opened.verify()
    assert {"golden/more.json", "manifest.schema.json", "assessment.schema.json"} <= set(opened.manifest["files"])
    assert not {".hidden", MANIFEST} & set(json.loads(first)["files"])
    assert (first[:1], first[-1:], b"\n" in first) == (b"{", b"}", False)


def test_a_manifest_with_nan_is_not_written(copied):
    with pytest.raises(ValueError, match="JSON"):
        write_manifest(copied, {"metrics": float("nan")})
