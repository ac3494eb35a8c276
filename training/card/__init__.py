"""The model card and the evaluation page, written from ``measured.json``: no figure in them is typed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training.card.change import learning, repeatability, trend, views
from training.card.choices import choices
from training.card.counts import counts, grades
from training.card.document import Block, Heading, Text, to_markdown, to_page
from training.card.established import not_established
from training.card.gate import gate_section
from training.card.lesions import detection, types
from training.card.series import verdicts
from training.card.trust import failures, reliability, tone
from training.card.words import INTRODUCTION, data_and_licences, how_it_works, intended_use


def write_card(measured: Mapping[str, Any]) -> str:
    """Return the card in Markdown, from ``measured.json`` or from a bundle's manifest."""
    return to_markdown(_blocks(measured, "Model card: lesions"))


def write_page(measured: Mapping[str, Any], folder: Path) -> str:
    """Return the same as one HTML page with the plots of ``folder`` in it."""
    return to_page(_blocks(measured, "Evaluation: lesions"), folder)


def _blocks(measured: Mapping[str, Any], title: str) -> list[Block]:
    metrics, calibration = measured["metrics"], measured["calibration"]
    return [
        Heading(title, 1),
        Text(INTRODUCTION),
        *how_it_works(calibration),
        *data_and_licences(measured["training"]),
        *intended_use(),
        *not_established(measured),
        Heading("Figures, on photos held out of training"),
        Text(
            "Printed by `python -m training evaluate` (README, *Train*), which writes this. In brackets: bootstrap "
            "95 % intervals over source photos or clusters, never over boxes. Float32 LiteRT file, "
            f"{calibration['input_size_px']} px. The overlap beyond which two boxes are one lesion, and the form "
            "of the tables, were chosen on these photos too: expect a little less elsewhere."
        ),
        *detection(metrics),
        *types(metrics),
        *counts(metrics, calibration),
        *grades(metrics),
        *gate_section(metrics),
        *repeatability(measured["mdc"]),
        *verdicts(metrics),
        *trend(metrics),
        *views(metrics),
        *reliability(metrics),
        *tone(metrics),
        *failures(metrics),
        *choices(metrics),
        *learning(metrics),
    ]
