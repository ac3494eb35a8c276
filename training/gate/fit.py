"""The share of lesions still counted as a logistic function of what the gate measures, fitted on degraded copies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from mobile_models.legibility import MOST_SPREADS, Legibility
from training.gate.copies import UNTOUCHED, Copy

LEAST_LESIONS = 2.0
"""Fewer on the untouched photo say nothing of what is lost."""

STEPS, RATE, SHRINK = 1500, 0.02, 0.02
START = 1.5
"""Bias at the start: most photos keep most lesions."""

LEFT_OUT = ("skin",)


def untouched_counts(copies: Sequence[Copy]) -> dict[tuple[str, str], float]:
    """What is counted on each untouched photo."""
    return {(copy.source, copy.photo): copy.counted for copy in copies if copy.way == UNTOUCHED}


QUANTILE = 0.3
"""Of all copies alike, seven in ten keep more than is predicted: the gate would rather warn than trust."""

UNTOUCHED_WEIGHT = 10.0
"""An untouched photo weighs as many copies, or a quantile so low would warn of good photos."""


def fit_legibility(copies: Sequence[Copy], quantile: float = QUANTILE) -> Legibility:
    """Fit to the copies' √counts by the absolute error, weighted so that a share `quantile` of them lies below.

    Each source weighs alike, whatever its photos; what is not untouched weighs 1.
    """
    whole = untouched_counts(copies)
    used = [copy for copy in copies if whole[copy.source, copy.photo] >= LEAST_LESIONS]
    names = tuple(name for name in used[0].figures if name not in LEFT_OUT)
    figures = np.array([[copy.figures[name] for name in names] for copy in used])
    centre, spread = figures.mean(axis=0), np.maximum(figures.std(axis=0), 1e-3)
    scaled = torch.tensor(((figures - centre) / spread).clip(-MOST_SPREADS, MOST_SPREADS))
    sides = torch.cat([scaled.clamp(max=0), scaled.clamp(min=0)], dim=1)
    was = torch.tensor([whole[copy.source, copy.photo] for copy in used], dtype=torch.float64).sqrt()
    now = torch.minimum(torch.tensor([copy.counted for copy in used], dtype=torch.float64).sqrt(), was)
    of_source = {name: sum(copy.source == name for copy in used) for name in {copy.source for copy in used}}
    share = torch.tensor(
        [
            (UNTOUCHED_WEIGHT if copy.way == UNTOUCHED else 1) * len(used) / len(of_source) / of_source[copy.source]
            for copy in used
        ],
        dtype=torch.float64,
    )
    weight = torch.zeros(2 * len(names), dtype=torch.float64, requires_grad=True)
    bias = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.Adam([weight, bias], lr=RATE)
    for step in range(STEPS):
        for group in optimiser.param_groups:
            group["lr"] = RATE * (1 - step / STEPS)
        optimiser.zero_grad()
        over = now - was * torch.sigmoid(sides @ weight + bias).sqrt()
        loss = (share * torch.maximum(quantile * over, (quantile - 1) * over)).mean() + SHRINK * weight.square().mean()
        loss.backward()
        optimiser.step()
    below, above = weight.detach().numpy().reshape(2, -1)
    return Legibility(names, centre, spread, below, above, float(bias.detach()))


def to_table(legibility: Legibility) -> dict[str, object]:
    """The function as it stands in a manifest's "gate.legibility"."""
    rows = zip(legibility.names, legibility.centre, legibility.spread, legibility.below, legibility.above, strict=True)
    return {
        "bias": round(legibility.bias, 5),
        "figures": {name: [round(float(value), 5) for value in row] for name, *row in rows},
    }
