"""The few figures by which two ways of detecting are told apart, each ready to be drawn again by whole groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mobile_models.export.metrics import hits_by_centre, hits_by_iou, pool
from mobile_models.lesions import COMEDO, TYPES
from training.array import Array
from training.bootstrap import draws, mean_of
from training.config import TrainConfig
from training.datasets.photo import UNKNOWN, AnnotatedPhoto
from training.datasets.sources import read_source
from training.evaluation.calibration import design_row, out_of_fold
from training.evaluation.fit import folds_of
from training.evaluation.predict import Predicted
from training.evaluation.types import macro_f1
from training.heldout import held_out_photos

FULL_SPLIT = {"acne04": "valid", "acne04_real": "valid", "not_acne": "measure"}
"""Sources with a split of their own that no run trains on."""

SECOND = {"acne04_real": "labels_v2"}
"""Folder of a second campaign's labels, where the photos are measured by both standards."""

CLEAR = "acne04"
"""Source at whose best centre F1 a model counts photos of skin without a lesion."""


@dataclass(frozen=True)
class Figure:
    """One figure of one source's photos.

    Attributes:
        of: The figure when photo i counts times[i] times; NaN where it has no value.
        groups: (n,) group of each photo.
        more_is_better: Whether a rise is a gain.
    """

    source: str
    name: str
    of: Callable[[Array], float]
    groups: Sequence[str]
    more_is_better: bool = True

    @property
    def value(self) -> float:
        """The figure of the photos as they are."""
        return self.of(np.ones(len(self.groups), dtype=np.int64))

    def drawn(self) -> Array:
        """Return the figure of every bootstrap draw; draws of equal groups are equal, so figures can be paired."""
        return np.array([self.of(times) for times in draws(self.groups)])


def comparison_photos(config: TrainConfig, data: Path, names: Sequence[str]) -> dict[str, list[AnnotatedPhoto]]:
    """Return the held-out photos of the named sources."""
    return {
        name: read_source(data, name, FULL_SPLIT[name], SECOND.get(name, ""))
        if name in FULL_SPLIT
        else held_out_photos(config, data, name)
        for name in names
    }


def headline(held: Mapping[str, Sequence[Predicted]]) -> list[Figure]:
    """Return AP50, centre F1, count error by a fit of one's own and, where types are boxed, those of types.

    Photos that two campaigns boxed are measured by both standards; those without any box by how many lesions are found.
    """
    figures = []
    for name, photos in held.items():
        if any(photo.photo.standing is not None for photo in photos):
            figures += _by_two_standards(name, photos)
        elif any(len(photo.reference) for photo in photos):
            figures += _of_source(name, photos)
        elif CLEAR in held:
            figures.append(_on_clear_skin(name, photos, held[CLEAR]))
    return figures


def _of_source(name: str, photos: Sequence[Predicted]) -> list[Figure]:
    groups = [photo.photo.group for photo in photos]
    scored = [photo.scored() for photo in photos]
    overlapping = pool([hits_by_iou(photo, 0.5) for photo in scored])
    centred = pool([hits_by_centre(photo) for photo in scored])
    figures = [
        Figure(name, "AP50", lambda times: overlapping.average_precision(times=times), groups),
        Figure(name, "centre F1", lambda times: centred.best_f1(times).f1, groups),
        Figure(name, "count MAE", mean_of(own_count_errors(photos)), groups, more_is_better=False),
    ]
    types = [photo.photo.types for photo in photos]
    if all((kinds != UNKNOWN).all() for kinds in types):
        tables = np.stack([_confusion(photo) for photo in photos])
        figures.append(Figure(name, "type macro-F1", lambda times: macro_f1(np.tensordot(times, tables, 1)), groups))
    if any((kinds == COMEDO).any() for kinds in types):
        only = [photo.scored(photo.classes == COMEDO, photo.photo.types == COMEDO) for photo in photos]
        comedones = pool([hits_by_centre(comedones_of) for comedones_of in only])
        figures.append(Figure(name, "comedo F1", lambda times: comedones.best_f1(times).f1, groups))
    return figures


def _by_two_standards(name: str, photos: Sequence[Predicted]) -> list[Figure]:
    """Return the figures by the first campaign's boxes alone, and by those of both united.

    By each, a place that only the other boxed counts as a false finding.
    """
    groups = [photo.photo.group for photo in photos]
    first = [
        np.ones(len(photo.reference), dtype=bool) if (s := photo.photo.standing) is None else s == 1 for photo in photos
    ]
    by_first = pool([hits_by_centre(photo.scored(wanted=mine)) for photo, mine in zip(photos, first, strict=True)])
    by_both = pool([hits_by_centre(photo.scored()) for photo in photos])
    overlapping = pool([hits_by_iou(photo.scored(wanted=mine), 0.5) for photo, mine in zip(photos, first, strict=True)])
    least = by_both.best_f1().threshold
    hit = [
        np.isin(np.arange(len(mine)), photo.matches()[photo.scores >= least])
        for photo, mine in zip(photos, first, strict=True)
    ]
    hits = np.array([(its & ~mine).sum() for its, mine in zip(hit, first, strict=True)])
    only = np.array([(~mine).sum() for mine in first])
    return [
        Figure(name, "acne04: AP50", lambda times: overlapping.average_precision(times=times), groups),
        Figure(name, "acne04: centre F1", lambda times: by_first.best_f1(times).f1, groups),
        Figure(name, "acne04v2: centre F1", lambda times: by_both.best_f1(times).f1, groups),
        Figure(
            name,
            "acne04v2: recall of what only it boxed",
            lambda times: float((times * hits).sum() / (times * only).sum()),
            groups,
        ),
    ]


def _on_clear_skin(name: str, photos: Sequence[Predicted], counted: Sequence[Predicted]) -> Figure:
    """Return how many lesions a photo are found where there are none, at the score that serves ``counted`` best."""
    least = pool([hits_by_centre(photo.scored()) for photo in counted]).best_f1().threshold
    false = np.array([(photo.scores >= least).sum() for photo in photos])
    groups = [photo.photo.group for photo in photos]
    return Figure(name, "lesions found a photo", mean_of(false), groups, more_is_better=False)


def own_count_errors(photos: Sequence[Predicted]) -> Array:
    """Return (n,) |count − annotated| when counts of all lesions are fitted to this source alone, out of fold."""
    reference = np.array([len(photo.reference) for photo in photos])
    design = np.array([design_row(photo.scores, photo.sizes, np.ones(len(photo.scores))) for photo in photos])
    expected, _ = out_of_fold(design, reference, folds_of(photos))
    value: Array = np.abs(np.floor(expected + 0.5) - reference)
    return value


def _confusion(photo: Predicted) -> Array:
    table = np.zeros((len(TYPES), len(TYPES)), dtype=np.int64)
    hit = photo.matches()
    np.add.at(table, (photo.photo.types[hit[hit >= 0]], photo.classes[hit >= 0]), 1)
    return table
