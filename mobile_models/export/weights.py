"""Trained weights as one self-describing file: float16 tensors and, in its metadata, what they are."""

from __future__ import annotations

import json
from pathlib import Path

import torch
import yaml
from safetensors import SafetensorError, safe_open
from ultralytics.nn.tasks import DetectionModel

from mobile_models.lesions import TYPES


class WeightsError(ValueError):
    """Weights that can not be exported; the message says what was found and what is expected."""


def load_detector(path: Path) -> DetectionModel:
    """Rebuild the detector that a weights file describes, in float32 and evaluation mode.

    Raises:
        WeightsError: not a weights file of ours, or another class list.
    """
    try:
        with safe_open(path, framework="pt") as file:
            described = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise WeightsError(
            f"{path}: not readable as safetensors ({error}); give the file that training wrote"
        ) from error
    if "architecture" not in described:
        raise WeightsError(f"{path}: says no architecture; give what training wrote")
    classes = json.loads(described.get("classes", "[]"))
    if tuple(classes) != TYPES:
        raise WeightsError(f"{path}: detects {classes}, and the bundle needs {list(TYPES)}")
    model = DetectionModel(yaml.safe_load(described["architecture"]), nc=len(TYPES), verbose=False)
    own = model.state_dict()
    missing = sorted(set(own) - set(tensors))
    if missing:
        raise WeightsError(f"{path}: {len(missing)} tensors are missing, the first is {missing[0]}")
    model.load_state_dict({name: tensors[name].to(tensor.dtype) for name, tensor in own.items()})
    return model.float().eval()


def metadata(architecture: str) -> dict[str, str]:
    """Return the metadata that ``load_detector`` reads; ``architecture`` is ultralytics YAML with its scale."""
    return {"architecture": architecture, "classes": json.dumps(list(TYPES))}


def detection_head(model: torch.nn.Module) -> torch.nn.Module:
    """Return ultralytics' Detect module of a model."""
    return model.model[-1]
