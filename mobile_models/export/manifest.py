"""The manifest of a bundle, less its files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobile_models.bundle import SCHEMA
from mobile_models.exposure import REFERENCE
from mobile_models.image import PAD_VALUE
from mobile_models.lesions import INFLAMMATORY, TYPES
from mobile_models.tables import change_table, gate_table, grading_tables, zone_table

LICENCE = "AGPL-3.0-or-later"
NOTICE = (
    "Photos this model or its start was trained on were shared for non-commercial research; see MODEL_CARD.md. "
    "This is a notice, not a further licence term."
)
FITTED = ("fitted_on", "legibility")
"""Of the gate's table, what `training gate` fits to a model; without it the released model's fit is taken."""

DIFFERS = {
    "PARITY.md": "holds times measured during the export",
    "parity.json": "holds times measured during the export",
}
"""Files that two exports of the same weights do not have alike, and why."""


def manifest(figures: dict[str, Any], version: str, default_file: str) -> dict[str, Any]:
    """Return what is known before anything was compared."""
    size_px = int(figures["calibration"]["input_size_px"])
    return {
        "schema": SCHEMA,
        "id": "lesions",
        "line": "lesions",
        "version": version,
        "licence": LICENCE,
        "notice": NOTICE if figures["training"].get("research_only", True) else "",
        "minimum_app_version": "0.1.0",
        "default_file": default_file,
        "differs_between_exports": DIFFERS,
        "input": {
            "shape": [1, size_px, size_px, 3],
            "layout": "NHWC",
            "dtype": "float32",
            "range": [0, 1],
            "colour": "RGB",
            "crop": "square",
            "pad_value": PAD_VALUE,
            "resample": "bilinear-antialias",
            "exposure": REFERENCE.to_manifest(),
        },
        "outputs": ["boxes", "classes", "scores", "count"],
        "classes": list(TYPES),
        **figures,
        **tables(figures),
    }


def tables(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tables that are the same for every model, but for the error of the series, which is the model's."""
    change = change_table()
    measured = figures["mdc"].get("interval", {}).get(INFLAMMATORY, {})
    sem = max(change["sem"], figures["mdc"]["sem"][INFLAMMATORY], measured.get("of_expected", 0.0))
    fitted = figures.get("gate", {})
    gate = {**gate_table(), **({name: fitted[name] for name in FITTED} if FITTED[0] in fitted else {})}
    return {"zones": zone_table(), "gate": gate, "grading": grading_tables(), "change": {**change, "sem": sem}}
