"""How good a count or a detection is: one implementation for parity and for training's evaluation.

All boxes are [n, 4] x0 y0 x1 y1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from mobile_models.lesions import FloatArray, IntArray

BoolArray = npt.NDArray[np.bool_]
GROWN = 1.25


@dataclass(frozen=True)
class ScoredPhoto:
    """One photo's predictions and its reference boxes."""

    boxes: FloatArray
    scores: FloatArray
    reference: FloatArray


@dataclass(frozen=True)
class Hits:
    """One photo's predictions, each with whether it hit a reference box of its own.

    Attributes:
        scores: [n].
        hit: [n].
        references: how many reference boxes the photo has.
    """

    scores: FloatArray
    hit: BoolArray
    references: int


@dataclass(frozen=True)
class CentreF1:
    """Best F1 over score thresholds, with what it was reached at."""

    f1: float
    precision: float
    recall: float
    threshold: float


@dataclass(frozen=True)
class PooledHits:
    """Predictions of all photos, best first, each with the photo it is from.

    The methods take how often each photo counts, [photos], so that a bootstrap draws photos without
    matching or sorting anything again; by default each counts once.

    Attributes:
        scores, hit, photo: [n].
        references: [photos] reference boxes.
    """

    scores: FloatArray
    hit: BoolArray
    photo: IntArray
    references: IntArray

    def curve(self, times: IntArray | None = None) -> tuple[FloatArray, FloatArray]:
        """Recall and precision, [n] each, when the predictions down to each one are kept."""
        counted, true, references = self._counted(times)
        predicted = np.cumsum(counted)
        precision = np.divide(true, predicted, out=np.zeros(len(true)), where=predicted > 0)
        return true / max(references, 1), precision

    def average_precision(self, points: Literal["101", "all"] = "101", times: IntArray | None = None) -> float:
        """Area under precision over recall; NaN when there is no reference box."""
        counted, _, references = self._counted(times)
        if not references:
            return float("nan")
        if not counted.any():
            return 0.0
        recall, precision = self.curve(times)
        envelope = np.maximum.accumulate(precision[::-1])[::-1]
        if points == "all":
            return float((np.diff(recall, prepend=0.0) * envelope).sum())
        at = np.searchsorted(recall, np.linspace(0, 1, 101) - 1e-12)
        return float(np.append(envelope, 0.0)[at].mean())

    def best_f1(self, times: IntArray | None = None) -> CentreF1:
        """Best F1 over score thresholds; 0 when nothing is predicted or there is no reference box."""
        counted, true, references = self._counted(times)
        if not counted.any() or not references:
            return CentreF1(0.0, 0.0, 0.0, float("inf"))
        predicted = np.cumsum(counted)
        f1 = 2 * true / (predicted + references)
        f1[np.append(self.scores[1:] == self.scores[:-1], False)] = -1  # A threshold cannot part equal scores.
        best = int(np.argmax(f1))
        hits = float(true[best])
        precision = hits / float(predicted[best]) if predicted[best] else 0.0
        return CentreF1(float(f1[best]), precision, hits / references, float(self.scores[best]))

    def _counted(self, times: IntArray | None) -> tuple[IntArray, IntArray, int]:
        """How often each prediction counts, the hits down to each, and the reference boxes there are."""
        each = np.ones(len(self.references), dtype=np.int64) if times is None else times
        counted = each[self.photo]
        return counted, np.cumsum(counted * self.hit), int((each * self.references).sum())


@dataclass(frozen=True)
class CountError:
    """Predicted minus reference counts over photos: mean absolute, mean, root mean square."""

    mae: float
    bias: float
    rmse: float


def iou(a: FloatArray, b: FloatArray) -> FloatArray:
    """[n, m] intersection over union of every box of `a` with every box of `b`; 0 where both are empty."""
    corner0 = np.maximum(a[:, None, :2], b[None, :, :2])
    corner1 = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.clip(corner1 - corner0, 0, None).prod(axis=2)
    area = [(np.clip(x[:, 2:] - x[:, :2], 0, None)).prod(axis=1) for x in (a, b)]
    union = area[0][:, None] + area[1][None, :] - shared
    overlap: FloatArray = np.divide(shared, union, out=np.zeros(shared.shape), where=union > 0)
    return overlap


def average_precision(
    photos: Sequence[ScoredPhoto], iou_at_least: float = 0.5, points: Literal["101", "all"] = "101"
) -> float:
    """Area under precision over recall, pooled over photos; NaN when there is no reference box.

    Each prediction, best first, takes the free reference box it overlaps most. "101" reads the envelope at
    recalls 0, 0.01 … 1 (COCO); "all" integrates it exactly (VOC 2010).
    """
    return average_precision_of([hits_by_iou(p, iou_at_least) for p in photos], points)


def average_precision_of(hits: Sequence[Hits], points: Literal["101", "all"] = "101") -> float:
    """Average precision of predictions that were matched before, pooled over photos."""
    return pool(hits).average_precision(points)


def centre_f1(photos: Sequence[ScoredPhoto]) -> CentreF1:
    """Best F1 over score thresholds when a hit is a centre inside the reference box grown by a quarter.

    Each prediction, best first, takes the free reference box whose centre is nearest among those that
    hold its own centre, one to one.
    """
    return centre_f1_of([hits_by_centre(p) for p in photos])


def centre_f1_of(hits: Sequence[Hits]) -> CentreF1:
    """Best F1 of predictions that were matched before, pooled over photos."""
    return pool(hits).best_f1()


def count_error(predicted: npt.ArrayLike, reference: npt.ArrayLike) -> CountError:
    """Error of counts over photos."""
    error = np.asarray(predicted, dtype=np.float64) - np.asarray(reference, dtype=np.float64)
    return CountError(float(np.abs(error).mean()), float(error.mean()), float(np.sqrt((error**2).mean())))


def hits_by_iou(photo: ScoredPhoto, at_least: float) -> Hits:
    """Match by overlap: each prediction, best first, takes the free reference box it overlaps most."""
    overlap = iou(photo.boxes, photo.reference)
    matched = _greedy_matches(photo.scores, np.where(overlap >= at_least, overlap, -np.inf))
    return Hits(photo.scores, matched >= 0, len(photo.reference))


def hits_by_centre(photo: ScoredPhoto) -> Hits:
    """Whether each prediction hit a reference box of its own by its centre."""
    return Hits(photo.scores, matches_by_centre(photo) >= 0, len(photo.reference))


def matches_by_centre(photo: ScoredPhoto) -> IntArray:
    """[n] the nearest free reference box that, grown by a quarter, holds the prediction's centre; -1 for none."""
    predicted, reference = ((b[:, :2] + b[:, 2:]) / 2 for b in (photo.boxes, photo.reference))
    apart = np.abs(predicted[:, None] - reference[None])
    reach = (photo.reference[:, 2:] - photo.reference[:, :2]) * GROWN / 2
    inside = (apart <= reach[None]).all(axis=2)
    return _greedy_matches(photo.scores, np.where(inside, -np.hypot(apart[..., 0], apart[..., 1]), -np.inf))


def pool(hits: Sequence[Hits]) -> PooledHits:
    """Predictions of all photos in one row, best first."""
    scores = np.concatenate([h.scores for h in hits] or [np.zeros(0)])
    hit = np.concatenate([h.hit for h in hits] or [np.zeros(0, dtype=np.bool_)])
    photo = np.repeat(np.arange(len(hits)), [len(h.scores) for h in hits])
    order = np.argsort(-scores, kind="stable")
    return PooledHits(scores[order], hit[order], photo[order], np.array([h.references for h in hits], dtype=np.int64))


def _greedy_matches(scores: FloatArray, affinity: FloatArray) -> IntArray:
    """[n] the column each row takes, best score first and each column once, or -1."""
    matched = np.full(len(scores), -1, dtype=np.int64)
    if not affinity.size:
        return matched
    affinity = affinity.copy()
    order = np.argsort(-scores, kind="stable")
    for prediction in order[np.isfinite(affinity[order]).any(axis=1)]:
        taken = int(np.argmax(affinity[prediction]))
        if np.isfinite(affinity[prediction, taken]):
            matched[prediction] = taken
            affinity[:, taken] = -np.inf
    return matched
