"""What was measured of the weights: without it a model has scores and no counts, and is not shipped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mobile_models.manifest import MANIFEST

KEPT = ("calibration", "mdc", "metrics", "training")
PAGES = {".md", ".png"}
OWN = ("change", "gate")
"""What `training noise` measured of a clinic's own repeats, and `training gate` of degraded photos; without them the
tables of this software are taken."""

FILES = ("measured.json", MANIFEST)
"""What `training evaluate` wrote, or the manifest of a bundle that the weights lie in."""

WRITTEN_HERE = {"PARITY.md"}
MULTIPLE = 32


class MeasurementMissing(ValueError):
    """No calibration to put into the bundle; the message says how to make one."""


class SizeWrong(ValueError):
    """An input size that the model can not have or was not measured at."""


def measured_folder(weights: Path) -> Path:
    """Return where the figures of a weights file lie unless another folder is named."""
    beside = weights.parent / "measured"
    return beside if beside.is_dir() else weights.parent


def read_measured(folder: Path) -> dict[str, Any]:
    """Return calibration, measurement error, metrics and training of the model.

    Raises:
        MeasurementMissing: naming what is missing.
    """
    path = next((folder / name for name in FILES if (folder / name).is_file()), None)
    if path is None:
        raise MeasurementMissing(
            f"{folder / FILES[0]} is missing: a model is not shipped uncalibrated. Run python -m training evaluate "
            "first, or name its folder (--measured)."
        )
    try:
        figures = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise MeasurementMissing(f"{path} is not JSON. Run python -m training evaluate again.") from error
    figures = figures if isinstance(figures, dict) else {}
    if absent := [name for name in KEPT if not figures.get(name)]:
        raise MeasurementMissing(f"{path} lacks {', '.join(absent)}. Run python -m training evaluate again.")
    return {
        name: figures[name] for name in (*KEPT, *OWN) if figures.get(name) and (name in KEPT or path.name != MANIFEST)
    }


def pages(folder: Path) -> list[Path]:
    """Return the model card and its figures."""
    return sorted(page for page in folder.iterdir() if page.suffix in PAGES and page.name not in WRITTEN_HERE)


def input_size(figures: dict[str, Any], asked_px: int | None) -> int:
    """Return the side of the model's input, px.

    Raises:
        SizeWrong: not a multiple of 32, or not what the model was measured at.
    """
    size_px = int(figures["calibration"]["input_size_px"])
    if asked_px is not None and (asked_px < MULTIPLE or asked_px % MULTIPLE):
        raise SizeWrong(f"--imgsz {asked_px}: the model's largest stride is {MULTIPLE}. Give a multiple of it.")
    if asked_px not in (None, size_px):
        raise SizeWrong(
            f"--imgsz {asked_px}: the model was measured at {size_px} px, and its calibration holds only there. "
            f"Run python -m training evaluate at {asked_px} px first, or leave --imgsz out."
        )
    return size_px
