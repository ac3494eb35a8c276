"""The detector says what ai-edge-litert says, or refuses what is no detection."""

import shutil

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from mobile_models.bundle import Bundle, BundleCorrupt, write_manifest
from mobile_models.detector import Detector, ModelOutputInvalid, read_rows


def answer(rows, count=None):
    table = np.zeros((1, 300, 6), dtype=np.float32)
    if rows:
        table[0, : len(rows)] = rows
    count = np.array([len(rows) if count is None else count], dtype=np.float32)
    return table[..., :4], table[..., 4], table[..., 5], count


def test_the_outputs_are_the_bare_interpreters(bundle, detector):
    size = bundle.input_size_px
    tensor = np.random.default_rng(1).random((1, size, size, 3), dtype=np.float32)
    bare = Interpreter(model_path=str(bundle.model_path), num_threads=1)
    bare.allocate_tensors()
    bare.set_tensor(bare.get_input_details()[0]["index"], tensor)
    bare.invoke()
    for ours, detail in zip(detector.raw(tensor), bare.get_output_details(), strict=True):
        assert np.array_equal(ours, bare.get_tensor(detail["index"]))


def test_rows_are_all_that_reach_the_floor_best_first(bundle, detector):
    size = bundle.input_size_px
    tensor = np.random.default_rng(2).random((1, size, size, 3), dtype=np.float32)
    boxes, _, scores, count = detector.raw(tensor)
    assert boxes.shape == (1, 300, 4)
    rows = detector.detect(tensor)
    floor = bundle.calibration.score_floor
    assert len(rows.scores) == (scores[0, : int(count[0])] >= floor).sum()
    assert (np.diff(rows.scores) <= 0).all()


def test_rows_below_the_floor_or_past_the_count_are_left_out():
    rows = [(0, 0, 1, 1, 1, 0.2), (0, 0, 1, 1, 2, 0.5), (0, 0, 1, 1, 3, 0.005), (0, 0, 1, 1, 0, 0.9)]
    read = read_rows(*answer(rows, count=3), floor=0.01)
    assert read.classes.tolist() == [2, 1]
    assert read.scores == pytest.approx([0.5, 0.2])


@pytest.mark.parametrize(
    "row",
    [
        (np.nan, 0, 1, 1, 1, 0.5),
        (0, 0, np.inf, 1, 1, 0.5),
        (0, 0, 1, 1, np.nan, 0.5),
        (0, 0, 1, 1, 1, np.nan),
        (0, 0, 1, 1, 4, 0.5),
        (0, 0, 1, 1, -1, 0.5),
        (0, 0, 1, 1, 1, 1.5),
    ],
)
def test_what_is_no_detection_is_refused(row):
    with pytest.raises(ModelOutputInvalid, match="nothing is counted"):
        read_rows(*answer([(0, 0, 1, 1, 0, 0.9), row]), floor=0.01)


def test_a_count_that_is_no_number_is_refused():
    with pytest.raises(ModelOutputInvalid):
        read_rows(*answer([], count=np.nan), floor=0.01)


def test_a_file_that_is_no_model_is_damage(bundle, tmp_path):
    folder = shutil.copytree(bundle.folder, tmp_path / "bundle")
    (folder / bundle.model_path.name).write_bytes(b"TFL3 but not really")
    write_manifest(folder, bundle.manifest)
    with pytest.raises(BundleCorrupt, match="TFLite"):
        Detector(Bundle.open(folder))


def test_a_model_of_another_shape_is_damage(bundle, tmp_path):
    folder = shutil.copytree(bundle.folder, tmp_path / "bundle")
    write_manifest(folder, {**bundle.manifest, "input": {**bundle.manifest["input"], "shape": [1, 64, 64, 3]}})
    with pytest.raises(BundleCorrupt, match="four outputs"):
        Detector(Bundle.open(folder))
