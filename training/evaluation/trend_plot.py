"""Picture of the trend cases: predicted against annotated change. It shows no photo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

from mobile_models.change import minimal_detectable_change

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from training.evaluation.trend import Pair, by_direction

COLOURS = {"acne04": "#c2571a", "acnescu": "#0b6e99", "web_mixed": "#3d7a36"}


def plot_trend(pairs: Sequence[Pair], sem: float, path: Path) -> None:
    """Draw √second − √first of expected against annotated counts, with the tolerance and the verdict's bounds."""
    _, tolerance = by_direction(pairs)
    figure, axes = plt.subplots(figsize=(5.6, 5.2), layout="constrained")
    for name in dict.fromkeys(one.case.source for one in pairs):
        mine = [one for one in pairs if one.case.source == name]
        label = f"{name} ({len(mine)} pairs)"
        points = [one.annotated_change for one in mine], [one.change for one in mine]
        axes.scatter(*points, s=14, alpha=0.6, color=COLOURS.get(name), label=label)
    reach = 1.05 * max(1.0, *(max(abs(one.change), abs(one.annotated_change)) for one in pairs))
    axes.plot([-reach, reach], [-reach, reach], color="#555", linewidth=1)
    mdc = minimal_detectable_change(sem)
    for bound, style, label in ((tolerance, ":", "tolerance of direction"), (mdc, "--", "verdict's MDC")):
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
