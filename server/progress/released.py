"""What this server knows of the models that made its assessments: their manifests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mobile_models.series.constants import Constants
from server.delivery.shelf import Shelved, all_shelved, built_in
from server.timeline.assessment import Model


@dataclass(frozen=True)
class Noise:
    """How a model's measurement error was found, and what comes of it.

    Attributes:
        people: None where it was not recorded how many there were.
        false_alarms: shares of simulated stable people of whom something false is said in a year, by the fluctuation
            that is assumed and where it is larger or photos are spoilt; None where none were simulated.
    """

    people: int | None
    pairs: int
    provisional: bool
    false_alarms: tuple[float, float] | None = None


def released_model() -> Model | None:
    """Return the model that came with this server, None where it has none that can be read."""
    bundle = built_in()
    if bundle is None:
        return None
    manifest = bundle.manifest
    return Model(manifest["id"], bundle.name, manifest["files"][manifest["default_file"]]["sha256"])


def noise_of(model: Model) -> Noise | None:
    """Return where a model's measurement error comes from, None for one whose manifest is not here."""
    bundle = _shelved(model)
    if bundle is None:
        return None
    table = bundle.manifest["mdc"]
    people = None if table["people"] is None else int(table["people"])
    return Noise(people, int(table["pairs"]), bool(table["provisional"]), false_alarms_of(bundle.manifest))


def false_alarms_of(manifest: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return the shares of `Noise` that a manifest holds, None where it holds none."""
    rows = manifest.get("metrics", {}).get("change", {}).get("stable", [])
    if not rows:
        return None
    assumed = min(row["rate_variation"] for row in rows)
    usual = [row["any"] for row in rows if row["rate_variation"] == assumed and not row["spoilt"]]
    return max(usual), max(row["any"] for row in rows)


def constants_of(model: Model) -> Constants | None:
    """Return the numbers of the model of change, None for one whose manifest is not here or holds none."""
    bundle = _shelved(model)
    if bundle is None or "change" not in bundle.manifest:
        return None
    return Constants.from_manifest(bundle.manifest["change"])


def area_shares_of(model: Model) -> dict[str, float] | None:
    """Return each zone's share of the face, None as for `constants_of`."""
    bundle = _shelved(model)
    return None if bundle is None or "zones" not in bundle.manifest else dict(bundle.manifest["zones"]["area_share"])


def _shelved(model: Model) -> Shelved | None:
    return next((each for each in all_shelved() if each.name == model.version and model.sha256 in each.hashes), None)
