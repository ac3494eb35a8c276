"""Counts kept against each degradation, before and after the reference light."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from training.gate.figures import GateFigures


def plot_kept(figures: GateFigures, path: Path) -> None:
    """Draw the mean share of lesions still counted, with and without the reference light, and what the gate says."""
    ways = {way: figures_of_way for way, figures_of_way in figures.ways.items() if figures_of_way.kept}
    names = list(ways)
    plot, (lesions_kept, caught) = plt.subplots(1, 2, figsize=(11, 0.32 * len(names) + 1.4), sharey=True)
    places = range(len(names))
    for field, marker, words in (("kept_before", "o", "as the photo came"), ("kept", "s", "in the reference light")):
        shares = [getattr(ways[name], field) for name in names]
        means = [share.mean if share else float("nan") for share in shares]
        lesions_kept.plot(means, places, marker, label=words, fillstyle="none" if field == "kept_before" else "full")
    lesions_kept.axvline(1, color="0.7", lw=0.8)
    lesions_kept.set(xlabel="lesions still counted, of the untouched photo's (mean)", yticks=places, yticklabels=names)
    lesions_kept.set_xlim(left=0)
    lesions_kept.legend(loc="lower left", fontsize=8)
    for field, marker, words in (
        ("safe", "D", "lose at most 0.3 of √count, or are warned of"),
        ("unavailable", "x", "not judged"),
    ):
        shares = [getattr(ways[name], field).value for name in names]
        caught.plot([float("nan") if share is None else share for share in shares], places, marker, label=words)
    caught.set(xlabel="share of copies", xlim=(-0.03, 1.03))
    caught.legend(loc="lower left", fontsize=8)
    for axes in (lesions_kept, caught):
        axes.grid(axis="x", color="0.9")
    lesions_kept.invert_yaxis()
    plot.tight_layout()
    plot.savefig(path, dpi=110)
    plt.close(plot)
