"""The learning curve: training loss over steps, from the logs that runs leave."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

SMOOTHED = 15
"""Logged steps that the line is averaged over."""

LOSSES = {"box_loss": "#0072b2", "cls_loss": "#d55e00"}


def read_losses(runs: Sequence[Path]) -> list[dict[str, float]]:
    """Return the logged steps of runs that went on from each other, numbered through.

    Raises:
        ValueError: a run has no log, or one that is empty.
    """
    rows: list[dict[str, float]] = []
    for run in runs:
        log = run / "loss.jsonl"
        lines = log.read_text().splitlines() if log.exists() else []
        logged = [json.loads(line) for line in lines if line.strip()]
        if not logged:
            raise ValueError(f"{run}: no loss.jsonl with a logged step. Give the folder that training wrote to.")
        start = rows[-1]["step"] if rows else 0
        rows += [{**row, "step": start + row["step"]} for row in logged]
    return rows


@dataclass(frozen=True)
class LearningCurve:
    """Steps of all runs together."""

    steps: int


def plot_losses(rows: Sequence[Mapping[str, float]], path: Path) -> LearningCurve:
    """Draw the losses and return how many steps there are."""
    figure, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
    steps = np.array([row["step"] for row in rows])
    for name, colour in LOSSES.items():
        values = np.array([row[name] for row in rows])
        axes.plot(steps, values, color=colour, alpha=0.25, linewidth=0.8)
        width = min(SMOOTHED, len(values))
        smooth = np.convolve(values, np.ones(width) / width, mode="valid")
        axes.plot(steps[width - 1 :], smooth, color=colour, label=name.replace("_", " "))
    axes.set(xlabel="step", ylabel="training loss")
    axes.legend(frameon=False)
    figure.savefig(path, dpi=110)
    plt.close(figure)
    return LearningCurve(int(steps[-1]))
