"""What this server knows of the models that made its assessments: their manifests."""

from dataclasses import dataclass

from mobile_models.series.constants import Constants
from server.delivery.shelf import Shelved, all_shelved, built_in
from server.timeline.assessment import Model


@dataclass(frozen=True)
class Noise:
    """How a model's measurement error was found; `people` is None where it was not recorded how many there were."""

    people: int | None
    pairs: int
    provisional: bool


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
    return Noise(people, int(table["pairs"]), bool(table["provisional"]))


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
