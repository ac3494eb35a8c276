"""Picture of the trend cases: predicted against annotated change. It shows no photo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

if TYPE_CHECKING:
    from training.evaluation.trend import Pair

COLOURS = {"acne04": "#c2571a", "acnescu": "#0b6e99", "web_mixed": "#3d7a36"}


def plot_trend(pairs: Sequence[Pair], tolerance: float, sem: float, path: Path) -> None:
    """Draw √second − √first of expected against annotated counts, with the tolerance and the verdict's bounds."""
    figure, axes = plt.subplots(figsize=(5.6, 5.2), layout="constrained")
    for name, colour in COLOURS.items():
        mine = [one for one in pairs if one.case.source == name]
        annotated = [float(np.diff(np.sqrt(one.annotated))[0]) for one in mine]
        label = f"{name} ({len(mine)} pairs)"
        axes.scatter(annotated, [one.change for one in mine], s=14, alpha=0.6, color=colour, label=label)
    reach = max(1.0, *(abs(value) for line in axes.collections for value in np.abs(line.get_offsets()).ravel())) * 1.05
    axes.plot([-reach, reach], [-reach, reach], color="#555", linewidth=1)
    for bound, style, label in ((tolerance, ":", "tolerance of direction"), (_mdc(sem), "--", "verdict's MDC")):
        axes.axhline(bound, color="#555", linewidth=0.8, linestyle=style, label=label)
        axes.axhline(-bound, color="#555", linewidth=0.8, linestyle=style)
    axes.set(
        xlabel="annotated: √second − √first",
        ylabel="predicted: √second − √first",
        title="Change of the inflammatory count",
        xlim=(-reach, reach),
        ylim=(-reach, reach),
    )
    axes.legend(frameon=False, fontsize="small")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _mdc(sem: float) -> float:
    return 1.96 * float(np.sqrt(2)) * sem
