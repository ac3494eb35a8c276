"""Everything that an evaluation leaves behind: figures as JSON, in words, as plots and as one page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from training.card.card import write_card, write_page
from training.card.plots import plot_all
from training.evaluation.learning import plot_losses
from training.evaluation.measured import Measured


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
