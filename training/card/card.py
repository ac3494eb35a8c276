"""The model card and the evaluation page, written from what was measured: no figure in them is typed by hand.

The words are in ``templates``; here is what they are given.
"""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mobile_models.lesions import TYPES
from training.card.figures import difference, percent, range_of, shown, tones_established
from training.card.markdown import laid_out
from training.card.page import to_page
from training.degrade import ORDINARY, SEVERE
from training.evaluation.detection import KINDS
from training.evaluation.measured import Measured, Metrics
from training.evaluation.skin_tone import DARKEST, TONES, UNSEEN, VERY_LIGHT
from training.evaluation.trend import SHARES

TEMPLATES = Path(__file__).parent / "templates"
RENDERED = "rendered"


def write_card(measured: Measured) -> str:
    """Return the card in Markdown."""
    return _written(measured, "Model card: lesions")


def write_page(measured: Measured, folder: Path) -> str:
    """Return the same as one HTML page with the plots of ``folder`` in it."""
    return to_page(_written(measured, "Evaluation: lesions"), folder)


def write_section(template: str, **figures: object) -> str:
    """Return one section by itself, such as ``gate.md`` of the figures ``gate``."""
    return laid_out(_environment().get_template(template).render(figures))


def _written(measured: Measured, title: str) -> str:
    metrics = measured.metrics
    text = (
        _environment()
        .get_template("card.md")
        .render(
            title=title,
            calibration=measured.calibration,
            mdc=measured.mdc,
            metrics=metrics,
            training=measured.training,
            change=metrics.change,
            gate=metrics.gate,
            all_kinds=KINDS,
            types=TYPES,
            shares=SHARES,
            tones=(*(name for name, _ in TONES), VERY_LIGHT, UNSEEN),
            sizes=sorted({size for failures in metrics.failures.values() for size in failures.recall_by_size}),
            dark_photos=_dark_photos(metrics),
            tones_established=tones_established,
        )
    )
    return laid_out(text)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown; the page escapes what it makes of it.
    )
    environment.globals["degradations"] = (*ORDINARY, *SEVERE)
    environment.filters |= {
        "shown": shown,
        "percent": percent,
        "difference": difference,
        "fixed": lambda value, digits: f"{value:.{digits}f}",
        "hundredths": lambda share: f"{100 * share:.0f}",
        "range_of": range_of,
        "weeks": lambda number: "later" if number is None else f"{number:.0f}",
    }
    return environment


def _dark_photos(metrics: Metrics) -> int:
    """Return how many measured photos of people look brown or dark."""
    return sum(
        figures.n
        for source, groups in metrics.tone.items()
        if source != RENDERED
        for name, figures in groups.items()
        if name in DARKEST
    )
