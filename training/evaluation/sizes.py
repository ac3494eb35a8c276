r"""Input size and crop, chosen by measurement: accuracy against latency of the whole square and of tiles.

    python -m training sizes --weights mobile_models/released/lesions.safetensors --data DATA --out runs/sizes

writes sizes.json, sizes.md and sizes.png. Every size is converted once and every prediction kept below ``--out``, so
a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from mobile_models.zones import ZoneTable
from training.config import read_config
from training.datasets.photo import AnnotatedPhoto
from training.datasets.rendered import read_rendered
from training.evaluation.compare import Comparison, compare, verdict
from training.evaluation.headline import comparison_photos, headline
from training.evaluation.latency import Latency, latencies
from training.evaluation.layouts import LAYOUTS, Layout, LayoutRunner
from training.evaluation.predict import Predicted, predict_all
from training.evaluation.stored import read_predictions, store_predictions
from training.json_form import to_json

SOURCES = ("acne04", "acnescu")
THREADS = (1, 2)
SHOWN = (
    ("acne04", "AP50"),
    ("acne04", "centre F1"),
    ("acne04", "count MAE"),
    ("acnescu", "AP50"),
    ("acnescu", "centre F1"),
    ("acnescu", "count MAE"),
    ("rendered", "centre F1"),
)
"""What the table shows, as far as it was measured; the choice rests on the two real sources."""


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """What every layout costs and finds, which one the rule chooses, and which one the release uses.

    Attributes:
        long_side_px: Of the photos, in the median.
        latency: By layout and number of threads.
    """

    machine: str
    long_side_px: int
    latency: Mapping[str, Mapping[str, Latency]]
    figures: Sequence[Comparison]
    chosen: str
    released: str
    why: str


def choose(rows: Sequence[Comparison], by_cost: Sequence[str]) -> str:
    """Return the layout that no costlier one improves on.

    From the cheapest on, a costlier layout takes over when some figure of a real source is better by more than the
    paired 95 % interval and none is worse.

    Args:
        rows: What ``compare`` says of all layouts.
        by_cost: The layouts' names, cheapest first.
    """
    chosen = by_cost[0]
    for costlier in by_cost[1:]:
        verdicts = {_verdict(row, costlier, chosen) for row in rows if (row.source, row.figure) in SHOWN[:6]}
        if "better" in verdicts and "worse" not in verdicts:
            chosen = costlier
    return chosen


def _verdict(row: Comparison, after: str, before: str) -> str:
    for difference in row.differences:
        if (difference.of, difference.over) == (after, before):
            return verdict(difference, row.more_is_better)
        if (difference.of, difference.over) == (before, after):
            return verdict(difference, not row.more_is_better)
    raise KeyError(f"{after} was not compared with {before}")


def words(measured: Sizes) -> str:
    """Return the table and what follows from it as Markdown."""
    by_figure = {(row.source, row.figure): row.values for row in measured.figures}
    shown = [key for key in SHOWN if key in by_figure]
    heads = ["input", "ms, 1 thread", "ms, 2 threads", "× the first", *(f"{s} {f}" for s, f in shown)]
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    for name, cost in measured.latency.items():
        cells = [name, f"{cost['1'].ms:.1f}", f"{cost['2'].ms:.1f}", f"{cost['2'].ratio:.1f}"]
        cells += [f"{v.value:.3f} ({v.low:.3f}–{v.high:.3f})" for v in (by_figure[key][name] for key in shown)]
        lines.append("| " + " | ".join(cells) + " |")
    counts = ", ".join(f"{name} {n}" for name, n in {row.source: row.photos for row in measured.figures}.items())
    notes = (
        f"LiteRT float32 on {measured.machine}, median of repeated runs in turn; a phone's times differ, their "
        f"ratios less. Held-out photos: {counts}; bootstrap 95 % intervals. Count MAE is by a fit of each input's own. "
        f"The long side of these photos has {measured.long_side_px} px in the median: what is larger only enlarges."
    )
    return "\n".join([*lines, "", notes, "", measured.why, ""])


def why(chosen: str, released: str, rows: Sequence[Comparison]) -> str:
    """Return which size the release uses and how it stands to the one that the rule chooses."""
    rule = (
        "Going up in latency, a costlier input takes over when a figure on acne04 or acnescu is better, its paired "
        f"95 % interval apart from 0, and none is worse: that chooses **{chosen}**."
    )
    if chosen == released:
        return f"{rule} The release uses it."
    apart = [
        f"{row.source} {row.figure} {_verdict(row, chosen, released)}"
        for row in rows
        if (row.source, row.figure) in SHOWN[:6]
    ]
    return f"{rule} The release uses **{released}**; against it {chosen} is: {', '.join(apart)}."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``python -m training sizes``."""
    released = Path(__file__).parents[2] / "mobile_models" / "released" / "manifest.json"
    parser.add_argument("--weights", type=Path, required=True, help="safetensors that training wrote")
    parser.add_argument("--config", type=Path, default=Path(__file__).parents[1] / "trusted.yaml")
    parser.add_argument("--data", type=Path, required=True, help="folder with sources.json")
    parser.add_argument("--rendered", type=Path, help="rendered photos of people not trained on")
    parser.add_argument("--manifest", type=Path, default=released, help="of the release whose size is judged")
    parser.add_argument("--out", type=Path, required=True)


def run(options: argparse.Namespace) -> int:
    """Run ``python -m training sizes`` and return its exit code."""
    from mobile_models.export.weights import WeightsError

    try:
        photos = comparison_photos(read_config(options.config), options.data, SOURCES)
        if options.rendered:
            photos["rendered"] = read_rendered(options.rendered)
        manifest = json.loads(options.manifest.read_text())
        folder = options.out / "kept" / hashlib.sha256(options.weights.read_bytes()).hexdigest()[:12]
        files = {layout: _converted(options.weights, layout.size_px, folder) for layout in LAYOUTS}
        oval = ZoneTable.from_manifest(manifest["zones"])
        figures = {str(layout): headline(_predicted(files[layout], layout, photos, oval, folder)) for layout in LAYOUTS}
    except (ValueError, OSError, WeightsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    timed = {threads: latencies(files, threads) for threads in THREADS}
    cost = {str(layout): {str(n): timed[n][layout] for n in THREADS} for layout in LAYOUTS}
    rows = compare(figures)
    chosen = choose(rows, sorted(cost, key=lambda name: cost[name]["2"].ms))
    released = str(Layout(int(manifest["input"]["shape"][1])))
    measured = Sizes(
        machine=f"{os.cpu_count()} {platform.machine()} CPU cores",
        long_side_px=int(np.median([_long_side_px(photo) for some in photos.values() for photo in some])),
        latency=cost,
        figures=rows,
        chosen=chosen,
        released=released,
        why=why(chosen, released, rows),
    )
    (options.out / "sizes.json").write_text(json.dumps(to_json(measured), indent=1) + "\n")
    (options.out / "sizes.md").write_text(words(measured))
    plot(measured, options.out / "sizes.png")
    print(f"wrote {options.out}/sizes.json, sizes.md and sizes.png\n{measured.why}")
    return 0


def plot(measured: Sizes, path: Path) -> None:
    """Draw accuracy against latency with one thread, a labelled point a layout."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    drawn = (("acne04", "centre F1"), ("acnescu", "centre F1"), ("acne04", "count MAE"))
    by_figure = {(row.source, row.figure): row.values for row in measured.figures}
    figure, panels = plt.subplots(1, 3, figsize=(12, 4), layout="constrained")
    for axes, (source, name) in zip(panels, drawn, strict=True):
        for layout, cost in measured.latency.items():
            interval, mine = by_figure[source, name][layout], layout == measured.released
            spread = [[interval.value - interval.low], [interval.high - interval.value]]
            colour = "#c2571a" if mine else "#0b6e99"
            axes.errorbar(cost["1"].ms, interval.value, spread, fmt="o", color=colour, capsize=2, alpha=0.8)
            label = layout.removesuffix(" px").replace("2×2 tiles of", "tiles")
            axes.annotate(label, (cost["1"].ms, interval.value), (4, 5), textcoords="offset points", fontsize=8)
        axes.set(xlabel="ms a photo, 1 thread", ylabel=f"{source} {name}", xscale="log")
        axes.set_xticks(ticks := [10, 20, 50, 100], labels=[str(ms) for ms in ticks])
        axes.minorticks_off()
        axes.margins(x=0.25)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _long_side_px(photo: AnnotatedPhoto) -> int:
    with Image.open(photo.path) as image:
        return max(image.size)


def _converted(weights: Path, size_px: int, folder: Path) -> Path:
    """Return the LiteRT file of a size, made when it is not there."""
    from mobile_models.export.convert import convert_float32
    from mobile_models.export.graph import PhoneGraph
    from mobile_models.export.weights import load_detector

    path = folder / f"{size_px}.tflite"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        scratch = folder / "unfinished.tflite"
        convert_float32(PhoneGraph(load_detector(weights), size_px).eval(), size_px, scratch)
        os.replace(scratch, path)
    return path


def _predicted(
    model: Path, layout: Layout, photos: Mapping[str, list[AnnotatedPhoto]], oval: ZoneTable, folder: Path
) -> dict[str, list[Predicted]]:
    """Return every source's predictions by a layout, taken from their files where they are there."""
    held = {}
    for source, some in photos.items():
        path = folder / f"{layout.size_px}{'-tiles' if layout.tiled else ''}-{source}.npz"
        if not path.exists():
            guide = oval if source == "rendered" else None
            store_predictions(predict_all(LayoutRunner(model, layout), some, f"{layout}: {source}", guide), path)
        held[source] = read_predictions(path, some)
    return held
