"""What a model was trained on, in a form that names no person: counts a source and one hash of it all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.config import TrainConfig
from training.datasets.photo import AnnotatedPhoto
from training.heldout import of_all_runs, training_photos

OWN = "the owner's; see the folder itself"


@dataclass(frozen=True, kw_only=True)
class TrainingSource:
    """One source of photos: ``boxes`` is left out where all lesions are known, ``view`` where nobody recorded it."""

    name: str
    photos: int
    licence: str
    boxes: int | None = None
    view: str | None = None


@dataclass(frozen=True, kw_only=True)
class TrainingData:
    """What a model was trained on.

    Attributes:
        data_sha256: Of the real photos and their boxes.
        measured_only: Sources that nothing was trained on.
        passes: Photos shown in training, each as often as it was.
        research_only: Whether some were shared for non-commercial research, these or those behind the start.
    """

    data_sha256: str
    sources: Sequence[TrainingSource]
    measured_only: Sequence[TrainingSource]
    passes: int
    runs: int = 1
    research_only: bool = True


def training_data(
    runs: Sequence[TrainConfig],
    data: Path | None,
    own: Sequence[AnnotatedPhoto],
    rendered: int,
    random_start: bool,
    measured: Mapping[str, int],
) -> TrainingData:
    """Return the sources with photos, boxes and licences, and the sha256 over every photo and its boxes.

    Args:
        runs: Configurations of every run behind the weights.
        data: Folder with ``sources.json``, where it was trained on.
        own: Photos of a folder of one's own that were trained on.
        rendered: How many rendered photos were.
        measured: Photos of every source that is measured; those that nothing was trained on are listed apart.
        random_start: Whether nothing was learnt before these runs; weights of another origin may carry a notice.
    """
    whole = hashlib.sha256()
    sources = []
    described = json.loads((data / "sources.json").read_text())["sources"] if data else {}
    drawn = of_all_runs(runs)
    for name in sorted(set(drawn.sources) & set(described)):
        photos = training_photos(drawn, data, name) if data else []
        sources.append(_source(name, photos, described[name]["licence"], whole, described[name]["view"]))
    if own:
        sources.append(_source(own[0].source, own, OWN, whole))
    if rendered:
        sources.append(TrainingSource(name="rendered", photos=rendered, licence="drawn by this project"))
    return TrainingData(
        data_sha256=whole.hexdigest(),
        sources=sources,
        measured_only=[
            TrainingSource(name=name, photos=photos, licence=described[name]["licence"], view=described[name]["view"])
            for name, photos in sorted(measured.items())
            if name in described and name not in drawn.sources
        ],
        passes=sum(run.steps * run.batch for run in runs),
        runs=len(runs),
        research_only=any(not source.get("commercial", False) for source in described.values())
        or not (described or random_start),
    )


def _source(
    name: str, photos: Sequence[AnnotatedPhoto], licence: str, whole: Any, view: str | None = None
) -> TrainingSource:
    for photo in photos:
        whole.update(photo.path.read_bytes())
        whole.update(photo.boxes.tobytes() + photo.types.tobytes())
    boxes = sum(len(photo.boxes) for photo in photos)
    return TrainingSource(name=name, photos=len(photos), boxes=boxes, licence=licence, view=view)
