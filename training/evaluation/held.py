"""The photos that figures are measured on, with what the model proposes for them."""

from __future__ import annotations

from pathlib import Path

from mobile_models.zones import ZoneTable
from training.config import TrainConfig
from training.datasets.collection import read_collection
from training.datasets.photo import AnnotatedPhoto
from training.datasets.rendered import read_rendered
from training.datasets.sources import read_source
from training.evaluation.plan import Plan
from training.evaluation.predict import Predicted, Runner, predict_all
from training.heldout import all_training_photos, held_out_photos, split_photos, unseen

Held = dict[str, list[Predicted]]
"""By source."""

RENDERED = "rendered"


def photos_held_out(config: TrainConfig, plan: Plan, data: Path) -> dict[str, list[AnnotatedPhoto]]:
    """Return the held-out photos of every source that the configuration draws from or the plan measures whole.

    Raises:
        ValueError: a source is trained on in the very split that the plan measures whole.
    """
    held = {name: held_out_photos(config, data, name) for name, source in config.sources.items() if source.held_out}
    for name, split in plan.splits.items():
        if name in config.sources and config.sources[name].split == split:
            raise ValueError(f"{name}: split {split!r} is trained on, so it cannot be measured whole. Change the plan.")
        held[name] = unseen(read_source(data, name, split), all_training_photos(config, data))
    return held


def folder_held_out(folder: Path, config: TrainConfig) -> tuple[list[AnnotatedPhoto], list[AnnotatedPhoto]]:
    """Return the photos of a folder of one's own that training takes, and those it holds out.

    Raises:
        ValueError: the configuration holds nothing out, or what it holds out has no photo.
    """
    if config.folder is None:
        raise ValueError("the configuration has no section 'folder'; give the one that the model was trained with")
    trained, held = split_photos(read_collection(folder), config.folder.held_out)
    held = unseen(held, trained)
    if not held:
        raise ValueError(
            f"{folder}: no photo is held out, so nothing can be measured. Raise held_out, and train again."
        )
    return trained, held


def predict_held(
    runner: Runner, photos: dict[str, list[AnnotatedPhoto]], rendered: Path | None, oval: ZoneTable
) -> Held:
    """Run the model over photos by source, and over a folder of rendered ones through the guide's oval."""
    held = {name: predict_all(runner, some, name) for name, some in photos.items() if some}
    if rendered:
        held[RENDERED] = predict_all(runner, read_rendered(rendered), RENDERED, oval)
    return held
