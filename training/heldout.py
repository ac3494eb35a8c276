"""The photos that no training run sees: the same draw for training, calibration and evaluation."""

from __future__ import annotations

from pathlib import Path

from training.config import TrainConfig
from training.datasets.photo import AnnotatedPhoto
from training.datasets.sources import is_held_out, read_source


def training_photos(config: TrainConfig, data: Path, name: str) -> list[AnnotatedPhoto]:
    """Return the photos of a source that may be trained on: its split, less the held-out groups."""
    kept_apart = _held_groups(config, data)
    source = config.sources[name]
    return [photo for photo in read_source(data, name, source.split) if photo.group not in kept_apart]


def held_out_photos(config: TrainConfig, data: Path, name: str) -> list[AnnotatedPhoto]:
    """Return the held-out photos of a source that figures may be measured on.

    A cluster that two sources share shows one scene under two styles of labels: it is held out with the
    rest and measured in neither.
    """
    elsewhere = {
        photo.group
        for other in config.sources
        if other != name
        for photo in read_source(data, other, config.sources[other].split)
    }
    return [photo for photo in _drawn(config, data, name) if photo.group not in elsewhere]


def _drawn(config: TrainConfig, data: Path, name: str) -> list[AnnotatedPhoto]:
    source = config.sources[name]
    return [photo for photo in read_source(data, name, source.split) if is_held_out(photo.group, source.held_out)]


def _held_groups(config: TrainConfig, data: Path) -> set[str]:
    """Groups held out of any source are held out of all: the web sources share clusters."""
    return {photo.group for name in config.sources for photo in _drawn(config, data, name)}
