"""From trained weights to a bundle folder that appears complete or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mobile_models.bundle import SCHEMA, Bundle, write_manifest
from mobile_models.export.convert import convert_float32, largest_difference
from mobile_models.export.graph import PhoneGraph
from mobile_models.export.weights import load_detector
from mobile_models.lesions import TYPES

PAD_VALUE = 114
MODEL_FILE = "lesions.float32.tflite"
WEIGHTS_FILE = "lesions.safetensors"
TABLES = Path(__file__).parents[1]
LICENCE = "AGPL-3.0-or-later"
NOTICE = (
    "The photos this model was trained on were shared for non-commercial research; see MODEL_CARD.md. "
    "This is a notice, not a further licence term."
)


class MeasurementMissing(ValueError):
    """No calibration to put into the bundle; the message says how to make one."""


def assemble(
    weights: Path, measured: Path, out: Path, version: str, say: Callable[[str], None] = print
) -> Bundle:
    """Write a bundle to ``out`` and return it opened and verified.

    Args:
        weights: What training wrote.
        measured: Folder that ``python -m training evaluate`` wrote: measured.json and MODEL_CARD.md.
        out: The bundle's folder; one that is there is replaced once the new one is whole.
        version: Semantic version of the model.
        say: Told of each step.

    Raises:
        WeightsError, MeasurementMissing, ConversionError: naming what is wrong; ``out`` is as it was.
    """
    figures = _read_measured(measured)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
        folder = Path(scratch) / "bundle"
        folder.mkdir()
        say("reading the weights")
        size_px = int(figures["calibration"]["input_size_px"])
        graph = PhoneGraph(load_detector(weights), size_px).eval()
        say(f"converting to LiteRT at {size_px} px, the size it was measured at")
        convert_float32(graph, size_px, folder / MODEL_FILE)
        worst = largest_difference(graph, folder / MODEL_FILE, size_px)
        say(f"the file gives what PyTorch gives, to {worst:.1g}")
        (folder / "labels.txt").write_text("".join(f"{name}\n" for name in TYPES))
        (folder / WEIGHTS_FILE).write_bytes(weights.read_bytes())
        for extra in sorted(measured.iterdir()):
            if extra.suffix in {".md", ".png"}:
                shutil.copy(extra, folder / extra.name)
        write_manifest(folder, manifest(figures, version, worst))
        Bundle.open(folder)
        _swap(folder, out)
    say(f"wrote {out}")
    return Bundle.open(out)


def manifest(figures: dict[str, Any], version: str, worst: float) -> dict[str, Any]:
    """Return the manifest less its files."""
    size_px = int(figures["calibration"]["input_size_px"])
    return {
        "schema": SCHEMA,
        "id": "lesions",
        "line": "lesions",
        "version": version,
        "licence": LICENCE,
        "notice": NOTICE,
        "minimum_app_version": "0.1.0",
        "default_file": MODEL_FILE,
        "input": {
            "shape": [1, size_px, size_px, 3],
            "layout": "NHWC",
            "dtype": "float32",
            "range": [0, 1],
            "colour": "RGB",
            "crop": "square",
            "pad_value": PAD_VALUE,
            "resample": "bilinear-antialias",
        },
        "outputs": ["boxes", "classes", "scores", "count"],
        "classes": list(TYPES),
        "zones": json.loads((TABLES / "zones.json").read_text()),
        "grading": json.loads((TABLES / "grading" / "tables.json").read_text()),
        "parity": {"largest_difference_from_pytorch": float(f"{worst:.1e}")},
        **figures,
    }


def _read_measured(folder: Path) -> dict[str, Any]:
    path = folder / "measured.json"
    try:
        figures = json.loads(path.read_text())
    except FileNotFoundError as error:
        raise MeasurementMissing(
            f"{path} is missing: a model is not shipped uncalibrated. Run python -m training evaluate first."
        ) from error
    except ValueError as error:
        raise MeasurementMissing(f"{path} is not JSON. Run python -m training evaluate again.") from error
    kept = ("calibration", "mdc", "metrics", "training")
    if absent := [name for name in kept if not figures.get(name)]:
        raise MeasurementMissing(f"{path} lacks {', '.join(absent)}. Run python -m training evaluate again.")
    return {name: figures[name] for name in kept}


def _swap(folder: Path, out: Path) -> None:
    """Put ``folder`` in the place of ``out``; what was there stands aside until that is done."""
    aside = folder.with_name("replaced")
    if out.exists():
        os.replace(out, aside)
    try:
        os.replace(folder, out)
    except OSError:
        if aside.exists():
            os.replace(aside, out)
        raise
