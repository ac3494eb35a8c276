r"""Two or more ways of detecting on the same held-out photos: differences, drawn photo group by photo group.

    python -m training compare --data DATA --out runs/compared \
        --weights third=runs/third/average.safetensors distilled=runs/distilled/average.safetensors

writes compare.json and compare.md. A difference whose interval holds 0 is none that these photos show.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import numpy as np

from training.array import Array
from training.config import read_config
from training.datasets.photo import AnnotatedPhoto
from training.evaluation.headline import Figure, comparison_photos, headline
from training.evaluation.predict import Predicted, Runner, predict_all
from training.json_form import CALLED, to_json

SOURCES = ("acne04", "acne04_real", "acnescu", "web_mixed", "web_single", "faces", "not_acne")


@dataclass(frozen=True)
class Interval:
    """A value with its bootstrap 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Difference(Interval):
    """How far one model's value is above another's, in pairs."""

    of: str
    over: str = field(metadata={CALLED: "from"})


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One figure of one source: every model's value, and every later model's difference from every earlier one."""

    source: str
    figure: str
    more_is_better: bool
    photos: int
    groups: int
    values: Mapping[str, Interval]
    differences: Sequence[Difference]


def compare(models: Mapping[str, Sequence[Figure]]) -> list[Comparison]:
    """Return, a figure, every model's value and every later model's difference from every earlier one.

    Raises:
        ValueError: the models were not measured on the same photos.
    """
    rows = []
    for same in zip(*models.values(), strict=True):
        if len({(figure.source, figure.name, tuple(figure.groups)) for figure in same}) > 1:
            raise ValueError("the models were measured on different photos; measure them together")
        drawn = dict(zip(models, (figure.drawn() for figure in same), strict=True))
        value = dict(zip(models, (figure.value for figure in same), strict=True))
        rows.append(
            Comparison(
                source=same[0].source,
                figure=same[0].name,
                more_is_better=same[0].more_is_better,
                photos=len(same[0].groups),
                groups=len(set(same[0].groups)),
                values={name: _interval(value[name], drawn[name]) for name in models},
                differences=[
                    Difference(of=b, over=a, **vars(_interval(value[b] - value[a], drawn[b] - drawn[a])))
                    for a, b in combinations(models, 2)
                ],
            )
        )
    return rows


def verdict(difference: Interval, more_is_better: bool) -> str:
    """Return ``better``, ``worse`` or ``no difference shown``."""
    if difference.low <= 0 <= difference.high or np.isnan(difference.value):
        return "no difference shown"
    return "better" if (difference.value > 0) == more_is_better else "worse"


def table(rows: Sequence[Comparison]) -> str:
    """Return the rows of ``compare`` as Markdown."""
    names = list(rows[0].values)
    heads = ["source", "figure", "photos", *names]
    heads += [f"{difference.of} − {difference.over} (95 %)" for difference in rows[0].differences]
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    for row in rows:
        cells = [row.source, row.figure, f"{row.photos}", *(f"{row.values[name].value:.3f}" for name in names)]
        for difference in row.differences:
            conclusion = verdict(difference, row.more_is_better)
            mark = "" if conclusion == "no difference shown" else f", **{conclusion}**"
            cells.append(f"{difference.value:+.3f} ({difference.low:+.3f} to {difference.high:+.3f}){mark}")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``python -m training compare``."""
    parser.add_argument("--weights", type=_named, nargs="+", required=True, metavar="NAME=PATH", help="two or more")
    parser.add_argument("--config", type=Path, default=Path(__file__).parents[1] / "trusted.yaml")
    parser.add_argument("--data", type=Path, required=True, help="folder with sources.json")
    parser.add_argument("--imgsz", type=int, default=640, help="side of the square input, a multiple of 32")
    parser.add_argument("--out", type=Path, required=True)


def run(options: argparse.Namespace) -> int:
    """Run ``python -m training compare`` and return its exit code."""
    from mobile_models.export.weights import WeightsError

    try:
        photos = comparison_photos(read_config(options.config), options.data, SOURCES)
        models = {name: headline(predicted_by(path, options.imgsz, photos, name)) for name, path in options.weights}
    except (ValueError, OSError, WeightsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    write(compare(models), options.out / "compare")
    return 0


def predicted_by(
    weights: Path, size_px: int, photos: Mapping[str, list[AnnotatedPhoto]], title: str
) -> dict[str, list[Predicted]]:
    """Return what a phone with these weights proposes on every source's photos."""
    from mobile_models.export.convert import convert_float32
    from mobile_models.export.graph import PhoneGraph
    from mobile_models.export.weights import load_detector

    with tempfile.TemporaryDirectory() as scratch:
        model = Path(scratch) / "model.tflite"
        convert_float32(PhoneGraph(load_detector(weights), size_px).eval(), size_px, model)
        runner = Runner(model)
        return {source: predict_all(runner, some, f"{title}: {source}") for source, some in photos.items()}


def write(rows: Sequence[Comparison], stem: Path, before: str = "") -> None:
    """Write the rows to ``stem``.json and, under the words ``before``, as a table to ``stem``.md."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    stem.with_suffix(".json").write_text(json.dumps(to_json(rows), indent=1) + "\n")
    stem.with_suffix(".md").write_text(before + table(rows))
    print(f"wrote {stem}.json and {stem}.md")


def _named(text: str) -> tuple[str, Path]:
    name, _, path = text.partition("=")
    if not name or not path:
        raise argparse.ArgumentTypeError(f"expected NAME=PATH, got {text!r}")
    return name, Path(path)


def _interval(value: float, drawn: Array) -> Interval:
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Interval(round(value, 4), round(float(low), 4), round(float(high), 4))
