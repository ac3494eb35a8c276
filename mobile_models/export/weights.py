"""Trained weights as one self-describing file: float16 tensors and, in its metadata, what they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
import yaml
from safetensors import SafetensorError, safe_open
from ultralytics.nn.modules import Detect
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
    architecture = _architecture(path, described)
    model = DetectionModel(architecture, nc=len(TYPES), verbose=False)
    own = model.state_dict()
    missing = sorted(set(own) - set(tensors))
    if missing:
        raise WeightsError(f"{path}: {len(missing)} tensors are missing, the first is {missing[0]}")
    try:
        model.load_state_dict({name: tensors[name].to(tensor.dtype) for name, tensor in own.items()})
    except RuntimeError as error:
        raise WeightsError(f"{path}: its tensors are not those of its architecture; train or copy it again") from error
    return model.float().eval()


def _architecture(path: Path, described: dict[str, str]) -> dict[str, Any]:
    if "architecture" not in described:
        raise WeightsError(f"{path}: says no architecture; give what training wrote")
    try:
        classes, architecture = json.loads(described.get("classes", "[]")), yaml.safe_load(described["architecture"])
        head = architecture["head"][-1][2]
    except (ValueError, yaml.YAMLError, LookupError, TypeError) as error:
        raise WeightsError(f"{path}: its description cannot be read; give what training wrote") from error
    if head != Detect.__name__:
        raise WeightsError(f"{path}: its head is {head}, of another task; the bundle needs a detector")
    if tuple(classes) != TYPES:
        raise WeightsError(f"{path}: detects {classes}, and the bundle needs {list(TYPES)}")
    return dict(architecture)


def metadata(architecture: str) -> dict[str, str]:
    """Return the metadata that ``load_detector`` reads; ``architecture`` is ultralytics YAML with its scale."""
    return {"architecture": architecture, "classes": json.dumps(list(TYPES))}


def detection_head(model: torch.nn.Module) -> torch.nn.Module:
    """Return ultralytics' Detect module of a model."""
    return model.model[-1]
