"""Power against false alarms of the rules, as one picture."""

from __future__ import annotations

from pathlib import Path

from training.change.figures import ChangeFigures

RULES = {
    "pairwise": ("two visits", "0.6"),
    "face_probably": ("face, probably", "#f2b134"),
    "face": ("face, twice running", "#ed553b"),
    "trend_likely": ("trend, likely", "#7fb7be"),
    "trend_clearly": ("trend, clearly", "#20639b"),
}
FALSE = {
    "pairwise": "two visits",
    "likely_in_a_year": "trend, likely",
    "any": "anything unhedged",
    "trend_clearly": "trend, clearly",
    "face_wrong": "face, wrong sign",
    "since_best": "worse than the best",
    "recent": "a recent change",
}


def plot_change(figures: ChangeFigures, file: Path) -> None:
    """Draw the share of people in whom a fall is said, and of stable people of whom something false is."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    for base, style in ((10, ":"), (20, "-"), (40, "--")):
        rows = [row for row in figures.power if row.base == base]
        for rule, (name, colour) in RULES.items():
            label = name if base == 20 else None
            values = [100 * getattr(row, rule) for row in rows]
            left.plot([100 * row.fall for row in rows], values, style, color=colour, label=label, marker="o", ms=3)
    left.set(xlabel="fall of the level by week 12, %", ylabel="of whom it is said in week 12, %", ylim=(0, 100))
    left.set_title("A fall is told (dotted from 10 lesions, solid from 20, dashed from 40)", fontsize=9)
    left.legend(fontsize=8)
    bases = sorted({row.base for row in figures.stable})
    usual = [row for row in figures.stable if row.rate_variation == 0.2 and not row.spoilt]
    for place, (rule, name) in enumerate(FALSE.items()):
        values = [100 * getattr(row, rule) for row in usual]
        right.barh([place + 0.18 * (number - 1.5) for number in range(len(bases))], values, 0.16, label=name)
        right.annotate(f"{max(values):.0f} %", (max(values) + 1, place), va="center", fontsize=8)
    right.set_yticks(range(len(FALSE)), FALSE.values(), fontsize=8)
    right.invert_yaxis()
    right.set(xlabel="of stable people in a year of weekly looks, %", xlim=(0, 108))
    right.set_title(f"Something false is said at least once (bars: {', '.join(map(str, bases))} lesions)", fontsize=9)
    figure.savefig(file, dpi=110)
    pyplot.close(figure)
