"""What this server knows of the models that made its assessments: their manifests."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from flask import current_app

from server.config import Config
from server.timeline.assessment import Model


@dataclass(frozen=True)
class Mdc:
    """A model's measurement error; `table` is the manifest's `mdc` as `mobile_models.change` takes it.

    `people` is None where it was not recorded how many were photographed.
    """

    people: int | None
    pairs: int
    provisional: bool
    table: Mapping[str, Any]


def released_model() -> Model | None:
    """Return the model that this server delivers, None where it has none that can be read."""
    manifest = _manifest(_models_dir())
    if manifest is None:
        return None
    return Model(manifest["id"], manifest["version"], manifest["files"][manifest["default_file"]]["sha256"])


def mdc_of(model: Model) -> Mdc | None:
    """Return the measurement error of a model, None for one whose manifest is not here."""
    manifest = _manifest(_models_dir())
    if manifest is None or model.sha256 not in {facts["sha256"] for facts in manifest["files"].values()}:
        return None
    table = manifest["mdc"]
    people = None if table["people"] is None else int(table["people"])
    return Mdc(people, int(table["pairs"]), bool(table["provisional"]), table)


def _models_dir() -> Path:
    return cast(Config, current_app.extensions["acnetrack.config"]).models_dir


@lru_cache(maxsize=4)
def _manifest(folder: Path) -> dict[str, Any] | None:
    try:
        return cast(dict[str, Any], json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None
