"""Everything that an evaluation leaves behind: figures as JSON, in words, as plots and as one page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from training.card import write_card, write_page
from training.card.plots import plot_all
from training.evaluation.learning import plot_losses


def write_all(measured: dict[str, Any], losses: Sequence[Mapping[str, float]], out: Path) -> dict[str, Any]:
    """Write ``measured.json``, ``MODEL_CARD.md``, ``evaluation.html`` and the plots into a folder.

    Args:
        measured: What was measured.
        losses: Logged steps of training (``read_losses``); none for no learning curve.
        out: An existing folder.
    """
    if losses:
        measured["metrics"]["learning_curve"] = plot_losses(losses, out / "learning_curve.png")
    plot_all(measured, out)
    text = json.dumps(measured, indent=1, sort_keys=True, allow_nan=False)
    again = json.loads(text)
    (out / "measured.json").write_text(text + "\n")
    (out / "MODEL_CARD.md").write_text(write_card(again))
    (out / "evaluation.html").write_text(write_page(again, out))
    return dict(again)
