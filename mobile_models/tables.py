"""The tables that come with this software and go into the bundles it exports: zones, grading and change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


def zone_table() -> dict[str, Any]:
    """Return what stands as "zones" in a manifest; `ZoneTable.from_manifest` reads it."""
    return _read("zones.json")


def gate_table() -> dict[str, Any]:
    """Return what stands as "gate" in a manifest; `Gate.from_manifest` reads it."""
    return _read("gate.json")


def grading_tables() -> dict[str, Any]:
    """Return what stands as "grading" in a manifest: each instrument's thresholds, and where they come from."""
    return _read("grading/tables.json")


def change_table() -> dict[str, Any]:
    """Return what stands as "change" in a manifest; `series.constants.Constants.from_manifest` reads it."""
    return _read("series/table.json")


def _read(name: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return table
