"""Where the model fails: which lesions it misses, and how wrong its worst counts are."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mobile_models.export.metrics import hits_by_centre, pool
from mobile_models.lesions import INFLAMMATORY, TYPES
from training.array import Array
from training.bootstrap import Figure, interval
from training.datasets.photo import UNKNOWN
from training.evaluation.counts import shown_and_annotated
from training.evaluation.fit import Counted, counts_known

SIDES = (0.01, 0.02, 0.04)
"""Bounds of an annotated box's size, √area as a share of the photo's longer side."""


@dataclass(frozen=True, kw_only=True)
class Recall(Figure):
    """Share of so many annotated boxes that is found."""

    boxes: int


@dataclass(frozen=True, kw_only=True)
class WorstCounts:
    """How far inflammatory counts of ``n`` photos are off: half of them, nine in ten, and the worst."""

    half_within: float
    nine_in_ten_within: float
    worst_shown: int
    worst_annotated: int
    n: int


@dataclass(frozen=True, kw_only=True)
class FailureFigures:
    """What is missed at the threshold of the best centre F1, and how far the worst counts are off."""

    recall_by_size: Mapping[str, Recall]
    recall_by_type: Mapping[str, Recall]
    untyped_boxes: int
    counts: WorstCounts | None = None


def failure_figures(photos: Sequence[Counted]) -> FailureFigures:
    """Return, at the threshold of the best centre F1, recall by lesion size and type; and how far counts are off."""
    groups = [photo.predicted.photo.group for photo in photos]
    threshold = pool([hits_by_centre(photo.predicted.scored()) for photo in photos]).best_f1().threshold
    hit = [_hit(photo, threshold) for photo in photos]
    band = [np.digitize(_sizes(photo), SIDES) for photo in photos]
    words = [f"0% to {SIDES[0]:.0%}", *(f"{a:.0%} to {b:.0%}" for a, b in itertools.pairwise(SIDES))]
    return FailureFigures(
        recall_by_size=_recalls(hit, band, [*words, f"over {SIDES[-1]:.0%}"], groups),
        recall_by_type=_recalls(hit, [photo.predicted.photo.types for photo in photos], TYPES, groups),
        untyped_boxes=sum(int((photo.predicted.photo.types == UNKNOWN).sum()) for photo in photos),
        counts=_worst_counts([photo for photo in photos if counts_known(photo.predicted, INFLAMMATORY)]),
    )


def _worst_counts(photos: Sequence[Counted]) -> WorstCounts | None:
    if not photos:
        return None
    shown, annotated = shown_and_annotated(photos, INFLAMMATORY)
    off = np.abs(shown - annotated)
    worst = int(off.argmax())
    return WorstCounts(
        half_within=float(np.median(off)),
        nine_in_ten_within=float(np.percentile(off, 90)),
        worst_shown=int(shown[worst]),
        worst_annotated=int(annotated[worst]),
        n=len(photos),
    )


def _hit(counted: Counted, threshold: float) -> Array:
    """Return (m,) whether each annotated box is hit by a candidate that reaches the threshold."""
    matches = counted.predicted.matches()
    hit = np.zeros(len(counted.predicted.reference), dtype=bool)
    hit[matches[(matches >= 0) & (counted.predicted.scores >= threshold)]] = True
    return hit


def _sizes(counted: Counted) -> Array:
    sides = counted.predicted.photo.boxes[:, 2:] - counted.predicted.photo.boxes[:, :2]
    sizes: Array = np.sqrt(sides.prod(axis=1))
    return sizes


def _recalls(
    hit: Sequence[Array], kind: Sequence[Array], names: Sequence[str], groups: Sequence[str]
) -> dict[str, Recall]:
    """Return recall of each kind of box that occurs, over photos."""
    figures = {}
    for index, name in enumerate(names):
        hits = np.array([its_hits[its == index].sum() for its_hits, its in zip(hit, kind, strict=True)])
        boxes = np.array([(its == index).sum() for its in kind])
        if boxes.sum():
            figures[name] = Recall(**vars(interval(_share(hits, boxes), groups)), boxes=int(boxes.sum()))
    return figures


def _share(hits: Array, boxes: Array) -> Any:
    return lambda times: float((times * hits).sum() / (times * boxes).sum()) if (times * boxes).sum() else float("nan")
