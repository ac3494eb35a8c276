"""Points for the plots: precision over recall, and counts beside each other. They say nothing of single photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mobile_models.export.metrics import PooledHits, hits_by_centre, hits_by_iou, pool
from mobile_models.lesions import GROUPS
from training.array import Array
from training.evaluation.counts import shown_and_annotated
from training.evaluation.fit import Counted, counts_known
from training.evaluation.levels import own_totals

POINTS = 101


@dataclass(frozen=True)
class Curve:
    """Precision over recall, at most ``POINTS`` points."""

    recall: Sequence[float]
    precision: Sequence[float]


@dataclass(frozen=True)
class BothCurves:
    """The same where the centre has to hit, and where half has to overlap."""

    centre: Curve
    overlap: Curve


Counts = Mapping[str, Sequence[Sequence[float]]]
"""By source, pairs of an annotated and an expected count."""


@dataclass(frozen=True)
class Curves:
    """What the plots are drawn from: curves by source, counts by group, and totals by each source's own fit."""

    precision_recall: Mapping[str, BothCurves]
    counts: Mapping[str, Counts]
    own_totals: Counts


def curves(photos: Mapping[str, Sequence[Counted]], levels: Mapping[str, Sequence[int]]) -> Curves:
    """Return, by source, precision over recall by both kinds of hit, counts by group, and totals by own fit."""
    boxed = {name: some for name, some in photos.items() if any(len(photo.predicted.reference) for photo in some)}
    return Curves(
        precision_recall={name: _both(some) for name, some in boxed.items()},
        counts={group: _counts(photos, group) for group in GROUPS},
        own_totals={name: _own(photos[name]) for name in levels},
    )


def thinned(hits: PooledHits) -> Curve:
    """Return at most ``POINTS`` points of recall and the best precision at that recall or a higher one."""
    recall, precision = hits.curve()
    best = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.unique(np.searchsorted(recall, np.linspace(0, recall.max(initial=0), POINTS)))
    at = at[at < len(recall)]
    return Curve(recall[at].round(4).tolist(), best[at].round(4).tolist())


def _both(photos: Sequence[Counted]) -> BothCurves:
    scored = [photo.predicted.scored() for photo in photos]
    return BothCurves(
        centre=thinned(pool([hits_by_centre(photo) for photo in scored])),
        overlap=thinned(pool([hits_by_iou(photo, 0.5) for photo in scored])),
    )


def _counts(photos: Mapping[str, Sequence[Counted]], group: str) -> dict[str, list[list[float]]]:
    """Annotated and expected counts, a source, in the order of the annotated ones."""
    pairs = {}
    for name, some in photos.items():
        known = [photo for photo in some if counts_known(photo.predicted, group)]
        if known:
            _, annotated = shown_and_annotated(known, group)
            pairs[name] = _sorted(annotated, np.array([photo.expected.group_mean(group) for photo in known]))
    return pairs


def _own(photos: Sequence[Counted]) -> list[list[float]]:
    expected, _, boxes = own_totals(photos)
    return _sorted(boxes, expected)


def _sorted(annotated: Array, expected: Array) -> list[list[float]]:
    return sorted([int(a), round(float(e), 2)] for a, e in zip(annotated, expected, strict=True))
