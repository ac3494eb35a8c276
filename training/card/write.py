"""Everything that an evaluation leaves behind, and putting into it what other commands measure later."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mobile_models.export.measured import FILES
from mobile_models.manifest import MANIFEST, canonical
from training.card.card import write_card, write_page
from training.card.plots import plot_all
from training.evaluation.learning import plot_losses
from training.evaluation.measured import Measured


def put_into(folder: Path, parts: Mapping[str, Any], figures: Mapping[str, Any], plot: Path) -> None:
    """Put what another command measured into what an evaluation or an export wrote, and write its card again.

    Args:
        folder: A bundle's, or one that ``evaluate`` wrote.
        parts: Merged into parts of the manifest, by name.
        figures: Of ``Metrics``, by name, as JSON.
        plot: Laid beside the card.

    Raises:
        ValueError: a part is missing or no such thing; the message names it.
    """
    path = measured_file(folder)
    written = json.loads(path.read_text(encoding="utf-8"))
    written |= {name: {**written.get(name, {}), **part} for name, part in parts.items()}
    written["metrics"] |= figures
    dumped = canonical(written) if path.name == MANIFEST else json.dumps(written, indent=1, sort_keys=True).encode()
    card = write_card(Measured.read(json.loads(dumped)))
    path.write_bytes(dumped)
    shutil.copyfile(plot, folder / plot.name)
    (folder / "MODEL_CARD.md").write_text(card, encoding="utf-8")


def measured_file(folder: Path) -> Path:
    """Return the file of a folder that holds what was measured.

    Raises:
        ValueError: there is none.
    """
    path = next((folder / name for name in FILES if (folder / name).is_file()), None)
    if path is None:
        raise ValueError(f"{folder} holds neither {' nor '.join(FILES)}. Name a bundle's folder.")
    return path


def write_all(measured: Measured, losses: Sequence[Mapping[str, float]], out: Path) -> Measured:
    """Write ``measured.json``, ``MODEL_CARD.md``, ``evaluation.html`` and the plots into a folder.

    Args:
        measured: What was measured.
        losses: Logged steps of training (``read_losses``); none for no learning curve.
        out: An existing folder.

    Returns:
        What was measured, as ``measured.json`` holds it.
    """
    if losses:
        curve = plot_losses(losses, out / "learning_curve.png")
        measured = replace(measured, metrics=replace(measured.metrics, learning_curve=curve))
    plot_all(measured, out)
    text = measured.text()
    (out / "measured.json").write_text(text)
    again = Measured.read(json.loads(text))
    (out / "MODEL_CARD.md").write_text(write_card(again))
    (out / "evaluation.html").write_text(write_page(again, out))
    return again
