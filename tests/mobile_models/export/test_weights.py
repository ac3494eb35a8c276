"""Weights that are not ours are refused by what they are."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from mobile_models.export.weights import WeightsError, load_detector

DETECTOR = json.dumps({"head": [[-1, 1, "Detect", []]]})
SEGMENTER = json.dumps({"head": [[-1, 1, "Segment", []]]})
OURS = '["comedo", "papule", "pustule", "nodule"]'


@pytest.mark.parametrize(
    ("described", "named"),
    [
        ({}, "says no architecture"),
        ({"architecture": DETECTOR, "classes": '["cat"]'}, "detects .'cat'."),
        ({"architecture": DETECTOR}, "detects"),
        ({"architecture": SEGMENTER, "classes": OURS}, "its head is Segment, of another task"),
        ({"architecture": "[", "classes": OURS}, "description cannot be read"),
        ({"architecture": DETECTOR, "classes": "["}, "description cannot be read"),
        ({"architecture": "words", "classes": OURS}, "description cannot be read"),
    ],
    ids=["not ours", "other classes", "no classes", "other task", "broken yaml", "broken json", "no head"],
)
def test_weights_of_another_kind_are_refused(tmp_path, described, named):
    save_file({"x": torch.zeros(1)}, tmp_path / "w.safetensors", metadata=described)
    with pytest.raises(WeightsError, match=named):
        load_detector(tmp_path / "w.safetensors")


@pytest.mark.parametrize("length", [0, 4, 100, -1])
def test_a_truncated_file_is_refused(weights, tmp_path, length):
    (tmp_path / "w.safetensors").write_bytes(weights.read_bytes()[:length])
    with pytest.raises(WeightsError, match="not readable as safetensors"):
        load_detector(tmp_path / "w.safetensors")


def test_a_file_of_another_format_is_refused(tmp_path):
    torch.save({"x": torch.zeros(1)}, tmp_path / "w.pt")
    with pytest.raises(WeightsError, match="not readable as safetensors"):
        load_detector(tmp_path / "w.pt")


def test_no_file_is_named(tmp_path):
    with pytest.raises(WeightsError, match=r"w\.safetensors"):
        load_detector(tmp_path / "w.safetensors")


@pytest.mark.parametrize("broken", ["missing", "reshaped"])
def test_tensors_that_do_not_fit_their_architecture_are_refused(weights, tmp_path, broken):
    from safetensors import safe_open

    with safe_open(weights, "pt") as file:
        described = file.metadata()
    tensors = load_file(weights)
    name = sorted(tensors)[0]
    if broken == "missing":
        del tensors[name]
    else:
        tensors[name] = torch.zeros(7, 7)
    save_file(tensors, tmp_path / "w.safetensors", metadata=described)
    with pytest.raises(WeightsError, match="tensors are"):
        load_detector(tmp_path / "w.safetensors")
