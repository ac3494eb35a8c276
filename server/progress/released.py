"""What this server knows of the models that made its assessments: their manifests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.delivery.shelf import all_shelved, built_in
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
    """Return the model that came with this server, None where it has none that can be read."""
    bundle = built_in()
    if bundle is None:
        return None
    manifest = bundle.manifest
    return Model(manifest["id"], bundle.name, manifest["files"][manifest["default_file"]]["sha256"])


def mdc_of(model: Model) -> Mdc | None:
    """Return the measurement error of a model, None for one whose manifest is not here."""
    bundle = next((each for each in all_shelved() if each.name == model.version and model.sha256 in each.hashes), None)
    if bundle is None:
        return None
    table = bundle.manifest["mdc"]
    people = None if table["people"] is None else int(table["people"])
    return Mdc(people, int(table["pairs"]), bool(table["provisional"]), table)
