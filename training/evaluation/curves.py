"""Points for the plots: precision over recall, and counts beside each other. They say nothing of single photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mobile_models.export.metrics import PooledHits, hits_by_centre, hits_by_iou, pool
from mobile_models.lesions import GROUPS
from training.evaluation.counts import shown_and_annotated
from training.evaluation.fit import Counted, counts_known
from training.evaluation.levels import own_totals

POINTS = 101


def curves(photos: Mapping[str, Sequence[Counted]], levels: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    """Return, by source, precision over recall by both kinds of hit, counts by group, and totals by own fit."""
    boxed = {name: some for name, some in photos.items() if any(len(one.predicted.reference) for one in some)}
    return {
        "precision_recall": {name: _both(some) for name, some in boxed.items()},
        "counts": {group: _counts(photos, group) for group in GROUPS},
        "own_totals": {name: _own(photos[name]) for name in levels},
    }


def thinned(hits: PooledHits) -> dict[str, list[float]]:
    """Return at most ``POINTS`` points of recall and the best precision at that recall or a higher one."""
    recall, precision = hits.curve()
    best = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.unique(np.searchsorted(recall, np.linspace(0, recall.max(initial=0), POINTS)))
    at = at[at < len(recall)]
    return {"recall": recall[at].round(4).tolist(), "precision": best[at].round(4).tolist()}


def _both(photos: Sequence[Counted]) -> dict[str, Any]:
    scored = [one.predicted.scored() for one in photos]
    return {
        "centre": thinned(pool([hits_by_centre(one) for one in scored])),
        "overlap": thinned(pool([hits_by_iou(one, 0.5) for one in scored])),
    }


def _counts(photos: Mapping[str, Sequence[Counted]], group: str) -> dict[str, list[list[float]]]:
    """Annotated and expected counts, a source, in the order of the annotated ones."""
    pairs = {}
    for name, some in photos.items():
        known = [one for one in some if counts_known(one.predicted, group)]
        if known:
            _, annotated = shown_and_annotated(known, group)
            pairs[name] = _sorted(annotated, np.array([one.expected.group_mean(group) for one in known]))
    return pairs


def _own(photos: Sequence[Counted]) -> list[list[float]]:
    expected, _, boxes = own_totals(photos)
    return _sorted(boxes, expected)


def _sorted(annotated: np.ndarray, expected: np.ndarray) -> list[list[float]]:
    return sorted([int(a), round(float(e), 2)] for a, e in zip(annotated, expected, strict=True))
