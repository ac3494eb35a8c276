"""Pictures of an evaluation, drawn from what was measured; none shows a photo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.layout_engine import ConstrainedLayoutEngine

from mobile_models.lesions import INFLAMMATORY, TYPES
from training.card.figures import tones_established
from training.evaluation.curves import BothCurves, Counts
from training.evaluation.measured import Measured
from training.evaluation.reliability import ReliabilityFigures
from training.evaluation.skin_tone import TONES, VERY_LIGHT
from training.evaluation.tone import ToneFigures
from training.evaluation.types import TypeFigures

T = TypeVar("T")

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#7a5ea8", "#b8860b", "#56b4e9", "#444444")
"""Told apart by those who see no red or no green (after Okabe and Ito)."""

GREY = "#888888"
TICKS = (0, 1, 5, 10, 20, 50, 100, 200)


def plot_all(measured: Measured, folder: Path) -> list[Path]:
    """Draw every plot that has something to show, and return the files.

    Raises:
        ValueError: the curves are missing, as in the manifest of a bundle.
    """
    metrics, curves = measured.metrics, measured.curves
    if curves is None:
        raise ValueError("no curves to draw: a bundle does not keep them; draw from measured.json")
    counts = curves.counts[INFLAMMATORY]
    plots: dict[str, Callable[[Path], None]] = {}
    if metrics.detection:
        plots["precision_recall"] = lambda path: plot_precision(curves.precision_recall, path)
    if metrics.types:
        plots["confusion"] = lambda path: plot_confusion(metrics.types, path)
    if counts:
        plots["counts"] = lambda path: plot_counts(counts, metrics.fitted_on[INFLAMMATORY], path)
        plots["bland_altman"] = lambda path: plot_bland_altman(counts, path)
    if metrics.reliability:
        plots["reliability"] = lambda path: plot_reliability(metrics.reliability, path)
    if tones_established(metrics.tone):
        plots["tone"] = lambda path: plot_tone(metrics.tone, path)
    for name, draw in plots.items():
        draw(folder / f"{name}.png")
    return [folder / f"{name}.png" for name in plots]


def plot_precision(curves: Mapping[str, BothCurves], path: Path) -> None:
    """Draw precision over recall of any lesion, by centre and by an overlap of half."""
    figure, panels = _panels(2)
    for axes, hit, title in zip(panels, ("centre", "overlap"), ("hit: the centre", "hit: half overlaps"), strict=True):
        for colour, (name, both) in _coloured(curves):
            curve = getattr(both, hit)
            axes.plot(curve.recall, curve.precision, color=colour, label=name, linewidth=1.6)
        axes.set(xlabel="recall", ylabel="precision", title=title, xlim=(0, 1), ylim=(0, 1))
    panels[0].legend(frameon=False, fontsize=8)
    _save(figure, path)


def plot_counts(counts: Counts, fitted: Sequence[str], path: Path) -> None:
    """Draw expected against annotated inflammatory counts on square-root axes, of the sources they are fitted to."""
    figure, (axes,) = _panels(1)
    shown = {name: np.array(pairs) for name, pairs in counts.items() if name in fitted}
    for colour, (name, pairs) in _coloured(shown):
        annotated, expected = pairs.T
        axes.scatter(annotated, expected, s=14, alpha=0.6, color=colour, label=f"{name} (n = {len(pairs)})")
    largest = 1.05 * max([1.0, *(float(pairs.max()) for pairs in shown.values())])
    axes.plot([0, largest], [0, largest], color=GREY, linewidth=1)
    axes.set(xlabel="annotated", ylabel="expected, out of fold", title="Inflammatory lesions a photo")
    for scale, limit, ticks in (
        (axes.set_xscale, axes.set_xlim, axes.set_xticks),
        (axes.set_yscale, axes.set_ylim, axes.set_yticks),
    ):
        scale("function", functions=(np.sqrt, np.square))
        limit(0, largest)
        ticks([tick for tick in TICKS if tick <= largest], labels=[str(tick) for tick in TICKS if tick <= largest])
    axes.legend(frameon=False, fontsize=8)
    _save(figure, path)


def plot_bland_altman(counts: Counts, path: Path) -> None:
    """Draw difference over mean of expected and annotated counts, with mean and ±1.96 sd (Bland & Altman 1986)."""
    shown = {name: np.array(pairs) for name, pairs in counts.items() if any(annotated for annotated, _ in pairs)}
    figure, panels = _panels(max(len(shown), 1))
    for axes, (colour, (name, pairs)) in zip(panels, _coloured(shown), strict=False):
        annotated, expected = pairs.T
        difference = expected - annotated
        axes.scatter((annotated + expected) / 2, difference, s=12, alpha=0.6, color=colour)
        middle, spread = difference.mean(), 1.96 * difference.std(ddof=1) if len(difference) > 1 else 0.0
        for level, style in ((middle, "-"), (middle - spread, "--"), (middle + spread, "--")):
            axes.axhline(level, color=GREY, linewidth=1, linestyle=style)
        axes.set(xlabel="mean of both", ylabel="expected − annotated", title=f"{name} (n = {len(pairs)})")
    _save(figure, path)


def plot_reliability(reliability: Mapping[str, ReliabilityFigures], path: Path) -> None:
    """Draw the share that came true over the probability that was said."""
    figure, panels = _panels(2)
    titles = ("score, as P(annotated lesion)", "P(type) of lesions that were hit")
    for axes, what, title in zip(panels, ("score", "type"), titles, strict=True):
        for colour, (name, figures) in _coloured(reliability):
            if curve := getattr(figures, what):
                number, predicted, true = np.array(curve.bins).T
                filled = number >= 10
                axes.plot(
                    predicted[filled], true[filled], marker="o", markersize=4, color=colour, label=name, linewidth=1.2
                )
        axes.plot([0, 1], [0, 1], color=GREY, linewidth=1)
        axes.set(xlabel="said", ylabel="came true", title=title, xlim=(0, 1), ylim=(0, 1))
    panels[0].legend(frameon=False, fontsize=8)
    _save(figure, path)


def plot_confusion(types: Mapping[str, TypeFigures], path: Path) -> None:
    """Draw a table a source of annotated type by the model's class, shaded by share of the annotated type."""
    figure, panels = _panels(len(types), 3.2)
    for axes, (name, figures) in zip(panels, types.items(), strict=True):
        table = np.array(figures.confusion_true_by_predicted)
        share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
        axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
        for (row, column), number in np.ndenumerate(table):
            ink = "white" if share[row, column] > 0.55 else "black"
            axes.text(column, row, str(number), ha="center", va="center", fontsize=9, color=ink)
        axes.set_xticks(range(len(TYPES)), labels=TYPES, rotation=35, ha="right", fontsize=8)
        axes.set_yticks(range(len(TYPES)), labels=TYPES, fontsize=8)
        axes.set(title=name, xlabel="model's class", ylabel="annotated")
    _save(figure, path)


def plot_tone(tone: Mapping[str, Mapping[str, ToneFigures]], path: Path) -> None:
    """Draw centre F1 and the bias of the inflammatory count by apparent tone, where a group has enough photos."""
    names = [
        name for name in (*(name for name, _ in TONES), VERY_LIGHT) if any(name in groups for groups in tone.values())
    ]
    figure, panels = _panels(2)
    for axes, what, title in zip(panels, ("centre_F1", "bias"), ("best centre F1", "bias of the count"), strict=True):
        for shift, (colour, (source, groups)) in enumerate(_coloured(tone)):
            for group, figures in groups.items():
                figure_of = getattr(figures, what)
                if group in names and figure_of and figure_of.value is not None:
                    at = names.index(group) + 0.1 * (shift - len(tone) / 2)
                    low, value, high = figure_of.low, figure_of.value, figure_of.high
                    axes.errorbar(
                        at, value, [[value - low], [high - value]], fmt="o", color=colour, label=source, markersize=4
                    )
        axes.set_xticks(range(len(names)), labels=names, rotation=25, ha="right", fontsize=8)
        axes.set(title=title, xlim=(-0.6, len(names) - 0.4))
    handles = {
        label: handle for axes in panels for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    if handles:
        panels[0].legend(handles.values(), handles.keys(), frameon=False, fontsize=8)
    _save(figure, path)


def _panels(number: int, side: float = 3.6) -> tuple[Any, list[Axes]]:
    """A figure of so many square panels, two a row."""
    columns = min(number, 2)
    rows = -(-number // columns)
    layout = ConstrainedLayoutEngine(h_pad=0.12, w_pad=0.08)
    figure, panels = plt.subplots(
        rows, columns, figsize=(side * columns + 0.6, side * rows), layout=layout, squeeze=False
    )
    for spare in panels.ravel()[number:]:
        spare.set_axis_off()
    return figure, list(panels.ravel()[:number])


def _coloured(items: Mapping[str, T]) -> Iterable[tuple[str, tuple[str, T]]]:
    return zip(COLOURS * (len(items) // len(COLOURS) + 1), items.items(), strict=False)


def _save(figure: Any, path: Path) -> None:
    figure.savefig(path, dpi=110)
    plt.close(figure)
