"""Pictures of an evaluation; none shows a photo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

if TYPE_CHECKING:
    from training.evaluation.evaluate import Fitted

COLOURS = {"acnescu": "#0b6e99", "acne04": "#c2571a", "faces": "#3d7a36", "rendered": "#7a5ea8"}


def plot_counts(fitted: Fitted, path: Path) -> None:
    """Draw expected (out of fold) against annotated counts on square-root axes, a colour a source."""
    figure, axes = plt.subplots(figsize=(5.2, 5), layout="constrained")
    sources = np.array([one.photo.source for one in fitted.photos])
    for name, colour in COLOURS.items():
        mine = sources == name
        if mine.any():
            axes.scatter(
                fitted.counts[mine],
                fitted.expected[mine],
                s=14,
                alpha=0.6,
                color=colour,
                label=f"{name} (n = {mine.sum()})",
            )
    largest = max(float(fitted.counts.max()), float(fitted.expected.max())) * 1.05
    axes.plot([0, largest], [0, largest], color="#555", linewidth=1)
    axes.set(
        xlabel="annotated",
        ylabel="predicted, out of fold",
        title="Inflammatory lesions a photo",
        xlim=(0, largest),
        ylim=(0, largest),
    )
    axes.set_xscale("function", functions=(np.sqrt, np.square))
    axes.set_yscale("function", functions=(np.sqrt, np.square))
    ticks = [tick for tick in (0, 1, 5, 10, 20, 50, 100, 150) if tick <= largest]
    axes.set_xticks(ticks, labels=ticks)
    axes.set_yticks(ticks, labels=ticks)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=110)
    plt.close(figure)
