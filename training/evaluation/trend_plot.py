"""Picture of the trend cases: predicted against annotated change. It shows no photo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from training.evaluation.trend import by_direction
from training.evaluation.trend_pairs import Pair

COLOURS = {"acne04": "#c2571a", "acnescu": "#0b6e99", "web_mixed": "#3d7a36"}


def plot_trend(pairs: Sequence[Pair], path: Path) -> None:
    """Draw √second − √first of expected against annotated counts, with the tolerance."""
    _, tolerance = by_direction(pairs)
    figure, axes = plt.subplots(figsize=(5.6, 5.2), layout="constrained")
    for name in dict.fromkeys(pair.case.source for pair in pairs):
        mine = [pair for pair in pairs if pair.case.source == name]
        label = f"{name} ({len(mine)} pairs)"
        points = [pair.annotated_change for pair in mine], [pair.change for pair in mine]
        axes.scatter(*points, s=14, alpha=0.6, color=COLOURS.get(name), label=label)
    reach = 1.05 * max(1.0, *(max(abs(pair.change), abs(pair.annotated_change)) for pair in pairs))
    axes.plot([-reach, reach], [-reach, reach], color="#555", linewidth=1)
    axes.axhline(tolerance, color="#555", linewidth=0.8, linestyle=":", label="tolerance of direction")
    axes.axhline(-tolerance, color="#555", linewidth=0.8, linestyle=":")
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
