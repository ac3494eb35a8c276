"""The detector: YOLOv5n's backbone and neck under an end-to-end head, for four lesion types."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
import yaml
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from ultralytics.cfg import get_cfg
from ultralytics.nn.tasks import DetectionModel

from mobile_models.export.weights import metadata
from mobile_models.lesions import TYPES
from training.loss import EndToEndLoss

ARCHITECTURE = Path(__file__).parent / "models" / "yolov5n_end2end.yaml"


class LesionDetector(DetectionModel):
    """ultralytics' detection model with our loss; one row an anchor is the exporter's business."""

    def __init__(self, type_weights: Sequence[float] = (1.0, 1.0, 1.0, 1.0)) -> None:
        super().__init__({**yaml.safe_load(ARCHITECTURE.read_text()), "scale": "n"}, nc=len(TYPES), verbose=False)
        self.args = get_cfg(overrides={"box": 7.5, "cls": 0.5, "dfl": 1.5})
        self.type_weights = type_weights
        self.names = dict(enumerate(TYPES))

    def init_criterion(self) -> EndToEndLoss:
        """Return the loss for partially labelled photos."""
        return EndToEndLoss(self, self.type_weights)


def load_weights(model: torch.nn.Module, path: Path) -> int:
    """Copy every tensor of a safetensors file that fits by name and shape; return how many did.

    Raises:
        ValueError: none fits, so the file belongs to another model; or it is no safetensors file.
        FileNotFoundError: there is no such file.
    """
    own = model.state_dict()
    try:
        stored = load_file(path)
    except SafetensorError as error:
        raise ValueError(f"{path}: not readable as safetensors ({error}); give weights that training wrote") from None
    fitting = {k: v.to(own[k].dtype) for k, v in stored.items() if k in own and own[k].shape == v.shape}
    if not fitting:
        raise ValueError(f"{path}: no tensor fits this model; give weights of YOLOv5n or of a LesionDetector")
    model.load_state_dict(fitting, strict=False)
    return len(fitting)


def save_weights(model: torch.nn.Module, path: Path) -> None:
    """Write the weights in float16, stripped of everything that training alone needs."""
    tensors = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).contiguous()
        for name, tensor in model.state_dict().items()
    }
    architecture = yaml.safe_dump({**yaml.safe_load(ARCHITECTURE.read_text()), "scale": "n"})
    save_file(tensors, path, metadata=metadata(architecture))
