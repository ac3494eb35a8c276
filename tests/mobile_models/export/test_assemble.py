"""From the released weights to a bundle that is whole or not there."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from mobile_models.bundle import RELEASED, Bundle
from mobile_models.detector import Detector
from mobile_models.export import assemble as assembling
from mobile_models.export.assemble import MeasurementMissing, assemble
from mobile_models.export.convert import ConversionError, spotted_skin
from mobile_models.export.graph import DUPLICATE_OVERLAP, ROWS, PhoneGraph
from mobile_models.export.weights import WeightsError, load_detector
from mobile_models.metrics import iou

SIZE_PX = 256


@pytest.fixture
def weights():
    return RELEASED / "lesions.safetensors"


@pytest.fixture
def measured(tmp_path):
    manifest = json.loads((RELEASED / "manifest.json").read_text())
    figures = {name: manifest[name] for name in ("calibration", "mdc", "metrics", "training")}
    figures["calibration"]["input_size_px"] = SIZE_PX
    (tmp_path / "measured").mkdir()
    (tmp_path / "measured" / "measured.json").write_text(json.dumps(figures))
    (tmp_path / "measured" / "MODEL_CARD.md").write_text("# untrained\n")
    return tmp_path / "measured"


def test_a_bundle_is_assembled_verified_and_runs(weights, measured, tmp_path):
    said = []
    bundle = assemble(weights, measured, tmp_path / "bundle", "0.0.1", said.append)
    assert bundle.input_size_px == SIZE_PX
    boxes, classes, scores, count = Detector(bundle).raw(np.full((1, SIZE_PX, SIZE_PX, 3), 0.5, np.float32))
    assert [boxes.shape, classes.shape, scores.shape, count.shape] == [(1, ROWS, 4), (1, ROWS), (1, ROWS), (1,)]
    assert (np.diff(scores[0]) <= 0).all()
    assert said[-1].startswith("wrote")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_lesion_comes_out_once(weights):
    graph = PhoneGraph(load_detector(weights), SIZE_PX).eval()
    pixels = torch.from_numpy(spotted_skin(SIZE_PX)).permute(2, 0, 1)[None]
    with torch.no_grad():
        boxes, _, scores, _ = graph(pixels)
    told = boxes[0, scores[0] > 0].numpy()[:, [1, 0, 3, 2]]
    assert len(told) >= 20
    assert (iou(told, told) - np.eye(len(told))).max() <= DUPLICATE_OVERLAP + 1e-6


def test_a_failed_conversion_leaves_the_old_bundle_as_it_was(weights, measured, tmp_path, monkeypatch):
    out = tmp_path / "bundle"
    assemble(weights, measured, out, "0.0.1", lambda _: None)
    before = (out / "manifest.json").read_bytes()

    def breaks(*_):
        raise ConversionError("a planted fault")

    monkeypatch.setattr(assembling, "largest_difference", breaks)
    with pytest.raises(ConversionError):
        assemble(weights, measured, out, "0.0.2", lambda _: None)
    assert (out / "manifest.json").read_bytes() == before
    Bundle.open(out)


def test_a_model_is_not_shipped_uncalibrated(weights, tmp_path):
    (tmp_path / "measured").mkdir()
    with pytest.raises(MeasurementMissing, match="Run python -m training evaluate"):
        assemble(weights, tmp_path / "measured", tmp_path / "bundle", "0.0.1", lambda _: None)
    assert not (tmp_path / "bundle").exists()


def test_weights_of_other_classes_are_refused(tmp_path):
    save_file({"x": torch.zeros(1)}, tmp_path / "w.safetensors", metadata={"architecture": "a", "classes": '["cat"]'})
    with pytest.raises(WeightsError, match="cat"):
        load_detector(tmp_path / "w.safetensors")
