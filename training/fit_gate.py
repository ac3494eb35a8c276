"""``python -m training gate``: fit the capture gate to lesions that are lost on degraded copies of photos.

    python -m training gate --data DATA --out runs/gate
    python -m training gate --data DATA --out runs/gate --as-it-is     (measures the bundle's own, fits none)
    python -m training gate --data DATA --out runs/gate --into mobile_models/released
    python export.py renew mobile_models/released

writes ``copies.jsonl`` (what was measured of every copy; photos in it are not looked at again), ``gate.json`` (the
fitted table and figures out of fold), ``gate.md`` (what the card says) and ``gate.png``. ``--into`` puts both into what
was evaluated or exported before, and its card is written again.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import mobile_models
from mobile_models.bundle import RELEASED, Bundle
from mobile_models.detector import Detector
from mobile_models.errors import AssessmentError
from mobile_models.quality import Gate
from training.card.card import write_section
from training.card.write import measured_file, put_into
from training.datasets.image_files import IMAGE_SUFFIXES
from training.gate.copies import Copy, Original, read_copies, write_copies
from training.gate.figures import GateFigures
from training.gate.fit import fit_legibility, to_table
from training.gate.measure import gate_figures, kept_out_of_fold
from training.gate.plot import plot_kept
from training.json_form import to_json

RENDERED = Path(mobile_models.__file__).parent / "export" / "rendered" / "images"
SOURCES = {
    "acne04_real": "acne04_real/images/valid",
    "acnescu": "acnescu/images/train",
    "phone_series": "phone_series/images/train",
    "web_mixed": "web_mixed/images/train",
    "faces": "faces",
}
"""Folders of photos by source, below the data folder."""

GUIDED_SHOTS = 5
"""The first of a rendered person's photos that were taken through the guide."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the subcommand's options."""
    parser.add_argument("--data", type=Path, required=True, help="folder with sources.json")
    parser.add_argument("--bundle", type=Path, default=RELEASED, help="whose model counts (the released one)")
    parser.add_argument("--photos", type=int, default=80, help="of each source at most (80)")
    parser.add_argument("--ways", type=int, default=12, help="degraded copies of each photo at most (12)")
    parser.add_argument("--as-it-is", action="store_true", help="measure the bundle's own gate, and fit none")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--into", type=Path, help="bundle, or folder that evaluate wrote, which is to hold the fit")


def run(options: argparse.Namespace) -> int:
    """Run the subcommand and return its exit code."""
    table = options.out / "copies.jsonl"
    try:
        if options.into:
            measured_file(options.into)
        if not any((options.data / folder).is_dir() for folder in SOURCES.values()):
            raise FileNotFoundError(f"{options.data} holds none of {', '.join(SOURCES.values())}; name another --data")
        options.out.mkdir(parents=True, exist_ok=True)
        bundle = Bundle.open(options.bundle)
        write_copies(originals(options.data, options.photos), Detector(bundle), table, options.ways)
    except (AssessmentError, OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    copies = read_copies(table)
    figures = _figures(copies, bundle.gate, options)
    gate = {} if options.as_it_is else {"fitted_on": figures.photos, "legibility": to_table(fit_legibility(copies))}
    text = json.dumps({"gate": gate, "figures": to_json(figures)}, indent=1)
    (options.out / "gate.json").write_text(text + "\n", encoding="utf-8")
    (options.out / "gate.md").write_text(write_section("gate.md", gate=figures), encoding="utf-8")
    plot_kept(figures, options.out / "gate.png")
    if options.into:
        put_into(options.into, {"gate": gate}, {"gate": to_json(figures)}, options.out / "gate.png")
    print(f"wrote {options.out}: {len(copies)} copies of {sum(figures.photos.values())} photos")
    return 0


def _figures(copies: Sequence[Copy], gate: Gate, options: argparse.Namespace) -> GateFigures:
    own, asked = gate.legibility, {"photos": options.photos, "ways": options.ways}
    predicted = [own.share_kept(copy.figures) for copy in copies] if options.as_it_is else kept_out_of_fold(copies)
    return gate_figures(copies, predicted, gate.table, asked=asked, out_of_fold=not options.as_it_is)


def originals(data: Path, most: int) -> Iterator[Original]:
    """The photos of every source at hand, spread evenly over each, and rendered ones through the guide."""
    seen = _captures(data / "phone_series" / "captures.csv")
    for source, folder in SOURCES.items():
        if not (data / folder).is_dir():
            continue
        paths = sorted(path for path in (data / folder).iterdir() if path.suffix.lower() in IMAGE_SUFFIXES)
        if source == "phone_series":
            paths = [path for path in paths if seen.get(path.stem, path.stem) == path.stem]
        for path in _spread(paths, most):
            yield Original(source, path)
    rendered = [path for path in sorted(RENDERED.rglob("*.webp")) if int(path.stem.split("-")[1]) < GUIDED_SHOTS]
    for path in _spread(rendered, most):
        yield Original("rendered", path, guided=True)


def _spread(paths: Sequence[Path], most: int) -> list[Path]:
    places = {round(i * len(paths) / most) for i in range(most)}
    return [path for place, path in enumerate(paths) if place in places]


def _captures(table: Path) -> dict[str, str]:
    """The image that stands for each image's capture: turned and mirrored copies are one capture."""
    first: dict[str, str] = {}
    if not table.is_file():
        return {}
    with table.open(newline="") as file:
        return {row["image"]: first.setdefault(row["capture"], row["image"]) for row in csv.DictReader(file)}
