"""A detector in training: set up or resumed, and taken one step further by a batch."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from training.checkpoint import resume
from training.config import TrainConfig
from training.detector import LesionDetector, load_weights
from training.distributed import Team
from training.loss import EndToEndLoss

LARGEST_GRADIENT = 10.0
"""Norm that a gradient is cut to."""


@dataclass
class Learner:
    """What a step changes: the model, its moving average and the optimiser's state.

    Attributes:
        model: The detector on its device.
        joined: The same as it is called, gradients averaged over the processes.
        average: What is measured and released.
        resumed_at: Steps that were done before.
    """

    config: TrainConfig
    crew: Team
    model: torch.nn.Module
    joined: torch.nn.Module
    average: torch.nn.Module
    optimiser: torch.optim.Optimizer
    loss_of: EndToEndLoss
    resumed_at: int

    @classmethod
    def set_up(cls, config: TrainConfig, crew: Team, out: Path, start: Path | None) -> Learner:
        """Build the detector from ``start``, or at random, or as the state in ``out`` has it.

        Raises:
            ValueError: the weights of ``start`` do not fit.
        """
        torch.manual_seed(config.seed)
        detector = LesionDetector(config.type_weights)
        if start:
            taken = load_weights(detector, start)
            if crew.leads:
                print(f"{taken} tensors taken from {start.name}")
        model = crew.placed(detector).train()
        average = copy.deepcopy(model).eval().requires_grad_(False)
        optimiser = torch.optim.AdamW(_groups(model, config.weight_decay), lr=config.learning_rate)
        loss_of = detector.init_criterion()
        resumed_at = resume(out, model, average, optimiser)
        return cls(config, crew, model, crew.joined(model), average, optimiser, loss_of, resumed_at)

    def step(self, step: int, batch: Mapping[str, torch.Tensor]) -> Mapping[str, torch.Tensor]:
        """Learn from batch number ``step`` and return its losses by name.

        Raises:
            ValueError: the loss is no number.
        """
        config, device = self.config, self.crew.device
        self.loss_of.set_progress(config.one_to_one_from + (1 - config.one_to_one_from) * step / config.steps)
        for group in self.optimiser.param_groups:
            group["lr"] = config.learning_rate * schedule(step, config)
        images = batch["img"].to(device, memory_format=torch.channels_last).float() / 255
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=_computes_in_bfloat16(device)):
            predictions = self.joined(images)
        losses, parts = self.loss_of(predictions, {k: v.to(device) for k, v in batch.items() if k != "img"})
        if not torch.isfinite(losses).all():
            raise ValueError(f"learning_rate: the loss is no number at step {step}; lower it, and begin afresh")
        self.optimiser.zero_grad(set_to_none=True)
        (losses.sum() / len(images)).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), LARGEST_GRADIENT)
        self.optimiser.step()
        _blend(self.average, self.model, min(config.ema_decay, (1 + step) / (10 + step)))
        return dict(parts)


def schedule(step: int, config: TrainConfig) -> float:
    """Return the learning rate's factor: linear warm-up, then a cosine from 1 to 0.02."""
    if step < config.warmup_steps:
        return (step + 1) / config.warmup_steps
    done = (step - config.warmup_steps) / max(1, config.steps - config.warmup_steps)
    return 0.02 + 0.98 * (1 + math.cos(math.pi * done)) / 2


def _computes_in_bfloat16(device: torch.device) -> bool:
    """Whether bfloat16 is quicker than float32 there: processors without it take twice the time."""
    return device.type != "cpu" or any(
        torch.cpu.get_capabilities().get(f"{feature}_bf16") for feature in ("avx512", "amx")
    )


def _groups(model: torch.nn.Module, decay: float) -> list[dict[str, object]]:
    weights = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    return [{"params": weights, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]


def _blend(average: torch.nn.Module, model: torch.nn.Module, decay: float) -> None:
    with torch.no_grad():
        for mine, its in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
            if mine.is_floating_point():
                mine.lerp_(its, 1 - decay)
            else:
                mine.copy_(its)
