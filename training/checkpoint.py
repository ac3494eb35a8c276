"""What a killed run goes on from: the state, written beside the old one and swapped, and what it was begun with."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from training.config import TrainConfig
from training.detector import save_weights

AVERAGE = "average.safetensors"
"""The averaged weights of a run, in its folder."""

FREE = ("steps", "checkpoint_every", "device", "cache_gib")
"""Knobs that may differ when a run is resumed: longer, elsewhere."""


class OtherRun(ValueError):
    """The folder holds a run that was begun with something else."""


def write_checkpoint(
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
    os.replace(out / "average.tmp", out / AVERAGE)


def resume(out: Path, model: torch.nn.Module, average: torch.nn.Module, optimiser: torch.optim.Optimizer) -> int:
    """Load the state found in ``out`` and return how many steps were done; 0 where there is none."""
    if not (out / "state.pt").exists():
        return 0
    state = torch.load(out / "state.pt", map_location="cpu", weights_only=True)
    model.load_state_dict(state["model"])
    average.load_state_dict(state["average"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"])


def check_same_run(out: Path, config: TrainConfig, photos: dict[str, int]) -> None:
    """Refuse to go on with other knobs or photos than those a run was begun with.

    Raises:
        OtherRun: naming what differs.
    """
    if not (out / "run.json").exists():
        return
    begun, now = json.loads((out / "run.json").read_text()), _described(config, photos)
    differing = [f"{name}: {begun[name]} → {now[name]}" for name in now if begun.get(name) != now[name]]
    if differing:
        raise OtherRun(
            f"{out}: holds a run begun with another {'; '.join(differing)}. Give what it was begun with to go on, or "
            "another --out to begin afresh"
        )


def write_run(out: Path, config: TrainConfig, photos: dict[str, int], random_start: bool) -> None:
    """Write down what a run is begun with, into its folder, which is made."""
    out.mkdir(parents=True, exist_ok=True)
    begun = {**_described(config, photos), "steps": config.steps, "random_start": random_start}
    if (out / "run.json").exists():
        begun["random_start"] = json.loads((out / "run.json").read_text())["random_start"]
    (out / "run.tmp").write_text(json.dumps(begun, indent=1) + "\n")
    os.replace(out / "run.tmp", out / "run.json")


def trained_from_nothing(weights: Path, config: TrainConfig, source: str, photos: int) -> bool:
    """Return whether the run beside ``weights`` is known to have started from random weights.

    Args:
        weights: What a run on a folder of one's own wrote.
        config: The configuration that its held-out part is now drawn by.
        source: The folder's name.
        photos: How many of its photos that configuration trains on.

    Raises:
        OtherRun: the run was of other knobs or photos, so that what seems held out may have been trained on.
    """
    path = weights.parent / "run.json"
    if not path.exists():
        return False
    begun, now = json.loads(path.read_text()), {**_described(config, {}), "steps": config.steps}
    begun["photos"], now["photos"] = begun["photos"].get(source, 0), photos
    differing = [f"{name}: {begun.get(name)} → {now[name]}" for name in now if begun.get(name) != now[name]]
    if differing:
        raise OtherRun(f"{weights}: trained by another configuration; give it as --config ({'; '.join(differing)})")
    return bool(begun["random_start"])


def cut_log(path: Path, step: int) -> None:
    """Take out of a loss log what is to be logged again: lines from ``step`` on, and one broken off by a kill."""
    if not path.exists():
        return
    earlier = [line for line in path.read_text().splitlines() if line.endswith("}") and json.loads(line)["step"] < step]
    path.write_text("".join(f"{line}\n" for line in earlier))


def _described(config: TrainConfig, photos: dict[str, int]) -> dict[str, Any]:
    knobs = {name: value for name, value in asdict(config).items() if name not in FREE}
    described: dict[str, Any] = json.loads(json.dumps({**knobs, "photos": photos}))
    return described
