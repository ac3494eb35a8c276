"""The training loop: seeded, resumable after a kill, in bfloat16 on CPU; its path on a GPU has not been run.

python -m training train --config training/released.yaml --data DATA --weights START --out runs/first
"""

from __future__ import annotations

import copy
import json
import math
import os
import time
from pathlib import Path

import torch
from tqdm import tqdm

from training.config import TrainConfig
from training.datasets.rendered import read_rendered
from training.detector import LesionDetector, load_weights, save_weights
from training.distil import Teacher
from training.heldout import training_photos
from training.mixture import Ingredient, Mixture


def build_mixture(
    config: TrainConfig, data: Path | None, rendered: Path | None, teacher: Path | None = None
) -> Mixture:
    """Gather the configured sources found below ``data`` and the rendered photos, and a teacher's labels of them."""
    if teacher and not config.distil:
        raise ValueError("--teacher needs a distil section in the configuration, as in training/distilled.yaml")
    ingredients = []
    for name, source in config.sources.items() if data else ():
        photos = training_photos(config, data, name)
        ingredients.append(Ingredient(photos, source.share, source.scale, source.despeckle))
    if config.rendered and rendered:
        ingredients.append(Ingredient(read_rendered(rendered), config.rendered.share, config.rendered.scale))
    if not any(one.photos for one in ingredients):
        raise ValueError("nothing to train on: give --data with sources.json, --rendered with drawn photos, or both")
    return Mixture(ingredients, config, Teacher(teacher, config.distil) if teacher and config.distil else None)


def train(config: TrainConfig, mixture: Mixture, out: Path, start: Path | None) -> Path:
    """Train and return the path of the averaged weights; a run found in ``out`` is resumed."""
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(config.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = LesionDetector(config.type_weights)
    if start:
        print(f"{load_weights(model, start)} tensors taken from {start.name}")
    model = model.to(device, memory_format=torch.channels_last).train()
    average = copy.deepcopy(model).eval().requires_grad_(False)
    optimiser = torch.optim.AdamW(_groups(model, config.weight_decay), lr=config.learning_rate)
    loss_of = model.init_criterion()
    done = _resume(out, model, average, optimiser)
    bar = tqdm(total=config.steps, initial=done, unit="step")
    for step, batch in enumerate(mixture.batches(done, config.steps), done):
        done_share = step / config.steps
        loss_of.set_progress(config.one_to_one_from + (1 - config.one_to_one_from) * done_share)
        rate = config.learning_rate * _schedule(step, config)
        for group in optimiser.param_groups:
            group["lr"] = rate
        images = batch["img"].to(device, memory_format=torch.channels_last).float() / 255
        with torch.autocast(device.type, dtype=torch.bfloat16):
            predictions = model(images)
        losses, parts = loss_of(predictions, {k: v.to(device) for k, v in batch.items() if k != "img"})
        optimiser.zero_grad(set_to_none=True)
        (losses.sum() / config.batch).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 10.0)
        optimiser.step()
        _blend(average, model, min(config.ema_decay, (1 + step) / (10 + step)))
        bar.update()
        if step % 20 == 0:
            values = {name: round(float(value), 4) for name, value in parts.items()}
            bar.set_postfix(values)
            _log(out / "loss.jsonl", {"step": step, "time": round(time.time()), **values})
        if (step + 1) % config.checkpoint_every == 0 or step + 1 == config.steps:
            _checkpoint(out, step + 1, model, average, optimiser)
    bar.close()
    return out / "average.safetensors"


def _log(path: Path, values: dict[str, float]) -> None:
    with path.open("a") as file:
        file.write(json.dumps(values) + "\n")


def _groups(model: torch.nn.Module, decay: float) -> list[dict[str, object]]:
    weights = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    return [{"params": weights, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]


def _schedule(step: int, config: TrainConfig) -> float:
    """Linear warm-up, then a cosine from 1 to 0.02."""
    if step < config.warmup_steps:
        return (step + 1) / config.warmup_steps
    done = (step - config.warmup_steps) / max(1, config.steps - config.warmup_steps)
    return 0.02 + 0.98 * (1 + math.cos(math.pi * done)) / 2


@torch.no_grad()
def _blend(average: torch.nn.Module, model: torch.nn.Module, decay: float) -> None:
    for mine, its in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
        if mine.is_floating_point():
            mine.lerp_(its, 1 - decay)
        else:
            mine.copy_(its)


def _checkpoint(
    out: Path, step: int, model: torch.nn.Module, average: torch.nn.Module, optimiser: torch.optim.Optimizer
) -> None:
    """Write the state beside the old one and swap, so that a kill leaves one of the two whole."""
    state = {
        "step": step,
        "model": model.state_dict(),
        "average": average.state_dict(),
        "optimiser": optimiser.state_dict(),
    }
    torch.save(state, out / "state.tmp")
    os.replace(out / "state.tmp", out / "state.pt")
    save_weights(average, out / "average.tmp")
    os.replace(out / "average.tmp", out / "average.safetensors")


def _resume(out: Path, model: torch.nn.Module, average: torch.nn.Module, optimiser: torch.optim.Optimizer) -> int:
    if not (out / "state.pt").exists():
        return 0
    state = torch.load(out / "state.pt", map_location="cpu", weights_only=True)
    model.load_state_dict(state["model"])
    average.load_state_dict(state["average"])
    optimiser.load_state_dict(state["optimiser"])
    print(f"resuming at step {state['step']}")
    return int(state["step"])
