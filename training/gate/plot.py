"""Counts kept against each degradation, before and after the reference light."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def plot_kept(figures: Mapping[str, Any], path: Path) -> None:
    """Draw the mean share of lesions still counted, with and without the reference light, and what the gate says."""
    ways = {way: one for way, one in figures["ways"].items() if one["kept"]}
    names = list(ways)
    plot, (kept, caught) = plt.subplots(1, 2, figsize=(11, 0.32 * len(names) + 1.4), sharey=True)
    places = range(len(names))
    for field, marker, words in (("kept_before", "o", "as the photo came"), ("kept", "s", "in the reference light")):
        means = [(ways[name][field] or {}).get("mean", float("nan")) for name in names]
        kept.plot(means, places, marker, label=words, fillstyle="none" if field == "kept_before" else "full")
    kept.axvline(1, color="0.7", lw=0.8)
    kept.set(xlabel="lesions still counted, of the untouched photo's (mean)", yticks=places, yticklabels=names)
    kept.set_xlim(left=0)
    kept.legend(loc="lower left", fontsize=8)
    for field, marker, words in (
        ("safe", "D", "lose at most 0.3 of √count, or are warned of"),
        ("unavailable", "x", "not judged"),
    ):
        caught.plot([ways[name][field].get("value", float("nan")) for name in names], places, marker, label=words)
    caught.set(xlabel="share of copies", xlim=(-0.03, 1.03))
    caught.legend(loc="lower left", fontsize=8)
    for axes in (kept, caught):
        axes.grid(axis="x", color="0.9")
    kept.invert_yaxis()
    plot.tight_layout()
    plot.savefig(path, dpi=110)
    plt.close(plot)
