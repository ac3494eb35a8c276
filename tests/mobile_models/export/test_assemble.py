"""From the released weights to a bundle and its zip."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from mobile_models.bundle import Bundle
from mobile_models.detector import Detector
from mobile_models.export.annotated import CALIBRATE_ON, RENDERED, read_photos, squares
from mobile_models.export.archive import EARLIEST
from mobile_models.export.assemble import (
    CALIBRATE_PHOTOS,
    COREML_FILE,
    FORMATS,
    FormatUnknown,
    Request,
    refuse_over_budget,
    write_models,
)
from mobile_models.export.budget import PHONE_BYTES_AT_MOST, ZIP_BYTES_AT_MOST, BudgetExceeded
from mobile_models.export.graph import ROWS, PhoneGraph
from mobile_models.export.manifest import DIFFERS
from mobile_models.export.weights import load_detector
from mobile_models.image import PAD_VALUE
from mobile_models.manifest import sha256_of

TFLITE = [f"lesions.{kind}.tflite" for kind in FORMATS if kind != "coreml"]


def test_the_bundle_is_whole_and_each_of_its_files_is_what_the_manifest_says(exported):
    bundle = Bundle.open(exported)
    bundle.verify()
    assert bundle.version == "1.2.3"
    assert bundle.model_files == sorted(TFLITE)
    listed = set(bundle.manifest["files"])
    assert {*TFLITE, COREML_FILE, "labels.txt", "MODEL_CARD.md", "PARITY.md", "parity.json"} <= listed
    assert {"manifest.schema.json", "assessment.schema.json"} <= listed
    assert {"golden/index.json", "kotlin/Lesions.kt", "swift/Lesions.swift", "python/lesions.py"} <= listed


@pytest.mark.parametrize("name", TFLITE)
def test_each_file_runs_as_the_bundles_detector(exported, name):
    bundle = Bundle.open(exported, model_file=name)
    size = bundle.input_size_px
    boxes, classes, scores, count = Detector(bundle, 1).raw(np.full((1, size, size, 3), 0.5, np.float32))
    assert [boxes.shape, classes.shape, scores.shape, count.shape] == [(1, ROWS, 4), (1, ROWS), (1, ROWS), (1,)]
    assert (np.diff(scores[0]) <= 0).all()


def test_a_phone_can_download_one_small_file_and_the_zip_is_within_its_budget(exported):
    assert min((exported / name).stat().st_size for name in TFLITE) <= PHONE_BYTES_AT_MOST
    assert exported.with_name("bundle.zip").stat().st_size <= ZIP_BYTES_AT_MOST


def test_the_zip_holds_the_folder_and_no_time(exported):
    with zipfile.ZipFile(exported.with_name("bundle.zip")) as archive:
        entries = archive.infolist()
        within = {entry.filename: archive.read(entry) for entry in entries}
    lying = {f"bundle/{p.relative_to(exported).as_posix()}": p for p in exported.rglob("*") if p.is_file()}
    assert sorted(within) == sorted(lying)
    assert all(within[name] == path.read_bytes() for name, path in lying.items())
    assert {entry.date_time for entry in entries} == {EARLIEST}


def test_nothing_is_left_beside_the_bundle_and_its_zip(exported):
    assert sorted(path.name for path in exported.parent.iterdir()) == ["bundle", "bundle.zip"]


def test_each_step_is_told(exporting):
    output, out = exporting
    steps = ["reading weights", "converting to LiteRT", "calibrating int8", "Core ML", "comparing 4 files", "zipping"]
    places = [output.index(step) for step in [*steps, f"wrote {out}"]]
    assert places == sorted(places)


def test_the_same_weights_give_the_same_files_again(exported, weights, tmp_path):
    size_px = Bundle.open(exported).input_size_px
    photos = read_photos(RENDERED, CALIBRATE_ON, CALIBRATE_PHOTOS)
    asked = Request(weights, tmp_path, version="1.2.3")
    graph = PhoneGraph(load_detector(weights), size_px).eval()
    write_models(graph, size_px, tmp_path, asked, squares(photos, size_px, PAD_VALUE), lambda _: None)
    again = {path.name: sha256_of(path) for path in tmp_path.iterdir()}
    assert again == {name: sha256_of(exported / name) for name in again}
    assert len(again) == len(FORMATS)


def test_the_manifest_says_which_files_two_exports_do_not_have_alike(exported):
    assert json.loads((exported / "manifest.json").read_text())["differs_between_exports"] == DIFFERS
    assert all((exported / name).is_file() for name in DIFFERS)


def test_the_report_and_the_manifest_say_what_was_not_run(exported):
    parity = json.loads((exported / "parity.json").read_text())
    page = (exported / "PARITY.md").read_text()
    assert json.loads((exported / "manifest.json").read_text())["not_run"] == parity["not_run"]
    assert all(what in page for what in parity["not_run"])
    assert any("Core ML" in what for what in parity["not_run"])


def test_each_file_ran_in_each_interpreter_after_its_last_edit(exported):
    files = json.loads((exported / "parity.json").read_text())["files"]
    assert sorted(figures["file"] for figures in files.values()) == sorted(TFLITE)
    for figures in files.values():
        assert set(figures["interpreters"]) == {"TensorFlow", "TFLite Task library"}
        assert all(far["detections"] >= 10 for far in figures["interpreters"].values())


def test_a_file_over_budget_fails_the_export_with_the_table(exported):
    parity = json.loads((exported / "parity.json").read_text())
    refuse_over_budget(parity, nano=True)
    parity["files"]["int8"]["ap50_loss_points"] = 1.01
    parity["files"]["dynamic"]["bytes"] = 3_000_001
    with pytest.raises(
        BudgetExceeded, match=r"dynamic: larger than 3 MB; int8: AP50 loss above 1 points[\s\S]*\| int8 \|"
    ):
        refuse_over_budget(parity, nano=True)


@pytest.mark.parametrize(
    ("formats", "named"), [(("float32", "onnx"), "onnx"), (("int8", "coreml"), "Add float32")], ids=["unknown", "base"]
)
def test_formats_that_cannot_be_made_are_refused(formats, named):
    with pytest.raises(FormatUnknown, match=named):
        Request(Path("weights"), Path("out"), formats=formats)
