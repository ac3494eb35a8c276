"""A calibration from held-out photos, and what a phone would count on each of them by one that never saw it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mobile_models.calibration import Calibration, type_probabilities
from mobile_models.counts import ExpectedCounts, counts_of, expected_counts
from mobile_models.lesions import GROUPS, INFLAMMATORY, TYPES, Count
from training.array import Array
from training.datasets.photo import UNKNOWN
from training.evaluation.calibration import KNOTS, SIZES, CountModel, design_row, fit_counts, type_table
from training.evaluation.plan import Plan
from training.evaluation.predict import FLOOR, Predicted

FOLDS = 5
INTERVAL = 0.95


@dataclass(frozen=True)
class Counted:
    """One photo, counted as a phone counts it, by a calibration fitted without the photo's group.

    Attributes:
        type_probabilities: (n, 4) P(type) of each candidate.
        expected: Mean lesions of each type and each group's scatter.
        counts: What is shown, by type, group and in total.
    """

    predicted: Predicted
    type_probabilities: Array
    expected: ExpectedCounts
    counts: Mapping[str, Count]

    @property
    def source(self) -> str:
        """Name of the photo's source."""
        return self.predicted.photo.source


def calibrate(photos: Sequence[Predicted], plan: Plan) -> dict[str, Any]:
    """Return the manifest's ``calibration``, less the input's size, fitted on these photos."""
    table = _type_table(photos, plan)
    return {
        "standard": plan.standard,
        "interval": INTERVAL,
        "score_floor": FLOOR,
        "sizes": list(SIZES),
        "type_given": table,
        "counts": {group: fit_group(photos, group, plan, table).as_json() for group in GROUPS},
    }


def fit_group(photos: Sequence[Predicted], group: str, plan: Plan, table: Mapping[str, Any]) -> CountModel:
    """Fit a group's count model on the photos of its sources whose annotators boxed such lesions."""
    mine = [photo for photo in photos if photo.photo.source in plan.counts[group] and counts_known(photo, group)]
    rows = [design_row(photo.scores, photo.sizes, _group_probability(table, group, photo)) for photo in mine]
    design = np.array(rows).reshape(len(mine), 2 * len(KNOTS))
    return fit_counts(design, np.array([reference_count(photo, group) for photo in mine]))


def counts_known(predicted: Predicted, group: str) -> bool:
    """Whether the photo's annotators looked for every type of a group."""
    return bool((predicted.photo.background[list(GROUPS[group])] == 1).all())


def reference_count(predicted: Predicted, group: str) -> int:
    """Return the annotated lesions of a group; untyped boxes stand for inflammatory lesions."""
    wanted = (*GROUPS[group], UNKNOWN) if group == INFLAMMATORY else GROUPS[group]
    return int(np.isin(predicted.photo.types, wanted).sum())


def folds_of(photos: Sequence[Predicted], folds: int = FOLDS, seed: int = 0) -> Array:
    """Return (n,) fold of each photo; those of one group share one."""
    names, member = np.unique([photo.photo.group for photo in photos], return_inverse=True)
    fold: Array = (np.random.default_rng(seed).permutation(len(names)) % folds)[member]
    return fold


def out_of_fold_calibrations(photos: Sequence[Predicted], plan: Plan, seed: int = 0) -> dict[str, Calibration]:
    """Return, a group of photos, a calibration fitted without the groups of its fold."""
    fold = folds_of(photos, seed=seed)
    by_fold = {
        held: Calibration.from_manifest(
            calibrate([photo for photo, its in zip(photos, fold, strict=True) if its != held], plan)
        )
        for held in set(fold.tolist())
    }
    return {photo.photo.group: by_fold[its] for photo, its in zip(photos, fold.tolist(), strict=True)}


def count(predicted: Predicted, calibration: Calibration) -> Counted:
    """Count one photo by a calibration, as a phone does without the guide."""
    candidates = predicted.classes, predicted.scores, predicted.sizes
    nowhere = np.zeros(len(predicted.scores), dtype=np.int64)
    lesions = calibration.expected_lesions(*candidates)
    expected = expected_counts(lesions, nowhere, nowhere, (), {}, calibration)
    counts = counts_of(expected, len(nowhere), calibration.interval)
    return Counted(predicted, calibration.type_probabilities(*candidates), expected, counts)


def _group_probability(table: Mapping[str, Any], group: str, predicted: Predicted) -> Array:
    """Return (n,) probability that each candidate belongs to the group."""
    rows = np.array([[shares[name] for name in TYPES] for shares in table["by_size"]])
    large = np.interp(predicted.sizes, SIZES, (0.0, 1.0))
    edges = np.array(table["score_edges"])
    shares = type_probabilities(rows, edges, predicted.classes, predicted.scores, large)
    value: Array = shares[:, list(GROUPS[group])].sum(axis=1)
    return value


def _type_table(photos: Sequence[Predicted], plan: Plan) -> dict[str, Any]:
    kinds = np.vstack([np.eye(len(TYPES)), plan.untyped])
    columns, truths = [np.zeros((4, 0))], [np.zeros((0, len(TYPES)))]
    for photo in photos:
        hit = photo.matches()
        known = hit >= 0
        weight = np.full(int(known.sum()), plan.type_weight.get(photo.photo.source, 0.0))
        truths.append(kinds[photo.photo.types[hit[known]]])
        columns.append(np.stack([photo.classes[known], photo.scores[known], photo.sizes[known], weight]))
    predicted, scores, sizes, weights = np.concatenate(columns, axis=1)
    return type_table(predicted.astype(int), scores, sizes, np.concatenate(truths), weights)
