"""How well lesions are found: average precision and centre F1, of any lesion, of a group and of one type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mobile_models.export.metrics import PooledHits, ScoredPhoto, hits_by_centre, hits_by_iou, pool
from mobile_models.lesions import GROUPS, INFLAMMATORY, PAPULE, PUSTULE, TYPES
from training.array import Array
from training.bootstrap import Figure, interval, intervals
from training.datasets.photo import UNKNOWN
from training.evaluation.fit import Counted

OVERLAPS = np.linspace(0.5, 0.95, 10)
KINDS = {
    INFLAMMATORY: GROUPS[INFLAMMATORY],
    "papule_or_pustule": (PAPULE, PUSTULE),
    **{name: (index,) for index, name in enumerate(TYPES)},
}
"""What is looked for by itself, as positions in ``TYPES``."""


@dataclass(frozen=True, kw_only=True)
class BestF1:
    """The best centre F1 over score thresholds, and what it was reached at; no threshold where nothing was found."""

    centre_F1: Figure
    precision: Figure
    recall: Figure
    at_threshold: float | None


@dataclass(frozen=True, kw_only=True)
class AnyLesion(BestF1):
    """How well lesions of whatever type are found."""

    AP50: Figure
    AP50_95: Figure


@dataclass(frozen=True, kw_only=True)
class OneKind(BestF1):
    """How well one of ``KINDS`` is found.

    Attributes:
        centre_F1_by_class: When only candidates that the model itself calls so are ranked.
        boxes: How many were annotated.
    """

    centre_F1_by_class: Figure
    boxes: int


def any_lesion(photos: Sequence[Counted]) -> AnyLesion:
    """Return AP50, AP50–95 and the best centre F1 of "any lesion" against all boxes."""
    groups = [photo.predicted.photo.group for photo in photos]
    scored = [photo.predicted.scored() for photo in photos]
    overlapping = [pool([hits_by_iou(photo, float(least)) for photo in scored]) for least in OVERLAPS]
    precisions = intervals(_precisions_of(overlapping), groups)
    return AnyLesion(
        AP50=precisions["AP50"],
        AP50_95=precisions["AP50_95"],
        **_best_f1(pool([hits_by_centre(photo) for photo in scored]), groups),
    )


def by_type(photos: Sequence[Counted]) -> dict[str, OneKind]:
    """Return the best centre F1 of each of ``KINDS`` that is annotated, on the photos where all of them are.

    Every candidate stands for every type as far as the calibration says: it is ranked by its score times
    P(type | the model's class, score, size). ``centre_F1_by_class`` ranks by the score, and only those
    candidates that the model itself calls so.
    """
    figures = {}
    for name, kinds in KINDS.items():
        mine = [photo for photo in photos if looked_for(photo, kinds)]
        if not any(np.isin(photo.predicted.photo.types, kinds).any() for photo in mine):
            continue
        groups = [photo.predicted.photo.group for photo in mine]
        ranked = pool([hits_by_centre(ranked_as(photo, kinds)) for photo in mine])
        called = pool([hits_by_centre(_called(photo, kinds)) for photo in mine])
        figures[name] = OneKind(
            **_best_f1(ranked, groups),
            centre_F1_by_class=interval(lambda times, hits=called: hits.best_f1(times).f1, groups),  # type: ignore[misc]
            boxes=int(ranked.references.sum()),
        )
    return figures


def looked_for(counted: Counted, kinds: Sequence[int]) -> bool:
    """Whether the photo's annotators boxed these types and told them apart."""
    photo = counted.predicted.photo
    return bool((photo.background[list(kinds)] == 1).all()) and UNKNOWN not in photo.types


def ranked_as(counted: Counted, kinds: Sequence[int]) -> ScoredPhoto:
    """Return the candidates that may be one of these types, scored times the probability, and those boxes."""
    rank = counted.predicted.scores * counted.type_probabilities[:, list(kinds)].sum(axis=1)
    wanted, may_be = np.isin(counted.predicted.photo.types, kinds), rank > 0
    return ScoredPhoto(counted.predicted.boxes[may_be], rank[may_be], counted.predicted.reference[wanted])


def _called(counted: Counted, kinds: Sequence[int]) -> ScoredPhoto:
    return counted.predicted.scored(
        np.isin(counted.predicted.classes, kinds), np.isin(counted.predicted.photo.types, kinds)
    )


def _best_f1(hits: PooledHits, groups: Sequence[str]) -> dict[str, Any]:
    def at_best(times: Array) -> dict[str, float]:
        best = hits.best_f1(times)
        return {"centre_F1": best.f1, "precision": best.precision, "recall": best.recall}

    threshold = hits.best_f1().threshold
    return intervals(at_best, groups) | {"at_threshold": round(threshold, 4) if np.isfinite(threshold) else None}


def _precisions_of(pooled: Sequence[PooledHits]) -> Callable[[Array], dict[str, float]]:
    def precisions(times: Array) -> dict[str, float]:
        each = [hits.average_precision(times=times) for hits in pooled]
        return {"AP50": each[0], "AP50_95": float(np.mean(each))}

    return precisions
