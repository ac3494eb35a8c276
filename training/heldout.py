"""The photos that no training run sees: the same draw for training, calibration and evaluation, for any list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from training.config import SourceConfig, TrainConfig
from training.datasets.near_duplicates import Fingerprint, fingerprint, near_pairs
from training.datasets.photo import AnnotatedPhoto
from training.datasets.sources import is_held_out, read_source


def split_photos(
    photos: Sequence[AnnotatedPhoto], held_out: float
) -> tuple[list[AnnotatedPhoto], list[AnnotatedPhoto]]:
    """Return (to train on, held out) of any list; no group is in both.

    Where the collection's own folders say ``valid`` or ``test``, those photos and all of their groups are held out;
    else a share ``held_out`` of the groups is, by a fixed draw.
    """
    own = {photo.group for photo in photos if photo.split in ("valid", "test")}
    held = own or {photo.group for photo in photos if is_held_out(photo.group, held_out)}
    return [photo for photo in photos if photo.group not in held], [photo for photo in photos if photo.group in held]


def unseen(held: Sequence[AnnotatedPhoto], trained: Sequence[AnnotatedPhoto]) -> list[AnnotatedPhoto]:
    """Return the held-out photos of which no copy, mirrored or not, was trained on under another name."""
    photos = [*held, *trained]
    pairs = near_pairs([_print_of(photo.path) for photo in photos], len(held))
    copies = {i for i, j in pairs if j >= len(held)}
    return [photo for place, photo in enumerate(held) if place not in copies]


def of_all_runs(runs: Sequence[TrainConfig]) -> TrainConfig:
    """Return the first run with the sources of every run, each as the last run that drew from it took it.

    What one run held out and a later one trained on would be measured as if it had never been seen.

    Raises:
        ValueError: two runs hold out different shares, or take different splits, of one source.
    """
    sources: dict[str, SourceConfig] = {}
    for run in runs:
        for name, source in run.sources.items():
            before = sources.get(name, source)
            if (before.held_out, before.split) != (source.held_out, source.split):
                raise ValueError(f"{name}: the runs differ in held_out or split; what one trained on is not held out")
            sources[name] = source
    return replace(runs[0], sources=sources)


def training_photos(config: TrainConfig, data: Path, name: str) -> list[AnnotatedPhoto]:
    """Return the photos of a source that may be trained on: its split, less the held-out groups."""
    kept_apart = _held_groups(config, data)
    source = config.sources[name]
    return [photo for photo in read_source(data, name, source.split, source.also) if photo.group not in kept_apart]


def held_out_photos(config: TrainConfig, data: Path, name: str) -> list[AnnotatedPhoto]:
    """Return the held-out photos of a source that figures may be measured on.

    A cluster that two sources share shows one scene under two styles of labels: it is held out with the
    rest and measured in neither. A photo of which a copy was trained on is not measured either.
    """
    elsewhere = {
        photo.group
        for other in config.sources
        if other != name
        for photo in read_source(data, other, config.sources[other].split)
    }
    apart = [photo for photo in _drawn(config, data, name) if photo.group not in elsewhere]
    return unseen(apart, all_training_photos(config, data))


def all_training_photos(config: TrainConfig, data: Path) -> list[AnnotatedPhoto]:
    """Return the photos of every source that may be trained on."""
    return [photo for name in config.sources for photo in training_photos(config, data, name)]


def _drawn(config: TrainConfig, data: Path, name: str) -> list[AnnotatedPhoto]:
    source = config.sources[name]
    return [photo for photo in read_source(data, name, source.split) if is_held_out(photo.group, source.held_out)]


def _held_groups(config: TrainConfig, data: Path) -> set[str]:
    """Groups held out of any source are held out of all: the web sources share clusters."""
    return {photo.group for name in config.sources for photo in _drawn(config, data, name)}


@cache
def _print_of(path: Path) -> Fingerprint:
    return fingerprint(path)
