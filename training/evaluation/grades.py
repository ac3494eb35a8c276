"""Grades from predicted counts against grades from annotated counts: agreement with annotators, not with graders.

No public data pairs counts with a dermatologist's IGA or GEA. What a source did not record is left out on
both sides: comedones where they were not boxed, nodules where boxes have no type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mobile_models.grading import gea, iga
from mobile_models.grading.instruments import GEA, IGA
from mobile_models.lesions import COMEDO, GROUPS, INFLAMMATORY, NODULE, NON_INFLAMMATORY, PAPULE, TYPES
from training.array import Array
from training.bootstrap import Figure, interval, mean_of
from training.datasets.photo import UNKNOWN
from training.evaluation.agreement import linear_weighted_kappa
from training.evaluation.fit import Counted, counts_known, reference_count

INSTRUMENTS = {IGA: iga, GEA: gea}
"""Those that need no zones: the photos were taken without the guide."""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How one instrument's grades agree, and how many photos of each annotated grade (rows) got which."""

    exact: Figure
    within_one: Figure
    linear_kappa: Figure
    annotated_by_predicted: Sequence[Sequence[int]]


@dataclass(frozen=True, kw_only=True)
class GradeFigures:
    """Agreement of ``INSTRUMENTS``, and what was graded of a source's photos."""

    comedones_graded: bool
    nodules_graded: bool
    IGA: Agreement
    GEA: Agreement


def grade_figures(photos: Sequence[Counted], grading: Mapping[str, Any]) -> GradeFigures | None:
    """Return exact agreement, agreement within one and linear κ of both instruments; None where nothing is graded.

    Args:
        photos: Of one source.
        grading: The bundle's grading tables.
    """
    mine = [photo for photo in photos if counts_known(photo.predicted, INFLAMMATORY)]
    if not mine:
        return None
    comedones = all(counts_known(photo.predicted, NON_INFLAMMATORY) for photo in mine)
    nodules = not any(UNKNOWN in photo.predicted.photo.types for photo in mine)
    groups = [photo.predicted.photo.group for photo in mine]
    agreement = {}
    for name, instrument in INSTRUMENTS.items():
        predicted = np.array([_predicted(photo, instrument, grading[name], comedones, nodules) for photo in mine])
        true = np.array([_annotated(photo, grading[name], comedones, nodules) for photo in mine])
        agreement[name] = _agreement(predicted, true, groups, len(instrument.GRADES))
    return GradeFigures(comedones_graded=comedones, nodules_graded=nodules, **agreement)


def grade_of_counts(counts: Sequence[int], table: Mapping[str, Any]) -> int:
    """Return the grade that an instrument's table gives to known counts of each type, without the guide.

    Args:
        counts: Of each of ``TYPES``.
        table: The instrument's part of the grading tables.
    """
    inflammatory = sum(counts[kind] for kind in GROUPS[INFLAMMATORY])
    nodules = counts[NODULE]
    by_count = int(np.searchsorted(table["inflammatory_up_to"], inflammatory))
    grade = max([by_count, *(least for start, least in table["nodules_from"] if nodules >= start)])
    top = table.get("highly_inflammatory")
    if top and nodules >= top["nodules_from"] and inflammatory >= top["inflammatory_from"]:
        grade = top["grade"]
    by_comedones = int(np.searchsorted(table["comedones_up_to"], counts[COMEDO]))
    raised = min(max(grade, int(table["comedones_start"])) + int(table["comedones_raise_by"]), by_comedones)
    return int(max(grade, raised))


def _predicted(photo: Counted, instrument: Any, table: Mapping[str, Any], comedones: bool, nodules: bool) -> int:
    mean = photo.expected.mean.copy()
    if not comedones:
        mean[..., COMEDO] = 0
    if not nodules:
        mean[..., PAPULE] += mean[..., NODULE]
        mean[..., NODULE] = 0
    return int(instrument.grade(replace(photo.expected, mean=mean), table).value)


def _annotated(photo: Counted, table: Mapping[str, Any], comedones: bool, nodules: bool) -> int:
    types = photo.predicted.photo.types
    counts = [int((types == kind).sum()) for kind in range(len(TYPES))]
    counts[COMEDO] *= comedones
    counts[NODULE] *= nodules
    counts[PAPULE] += reference_count(photo.predicted, INFLAMMATORY) - sum(counts[k] for k in GROUPS[INFLAMMATORY])
    return grade_of_counts(counts, table)


def _agreement(predicted: Array, true: Array, groups: Sequence[str], grades: int) -> Agreement:
    def kappa(times: Array) -> float:
        if len(set(true.tolist())) < 2:
            return float("nan")
        return linear_weighted_kappa(np.repeat(predicted, times), np.repeat(true, times), grades)

    table = np.zeros((grades, grades), dtype=int)
    np.add.at(table, (true, predicted), 1)
    return Agreement(
        exact=interval(mean_of(predicted == true), groups),
        within_one=interval(mean_of(np.abs(predicted - true) <= 1), groups),
        linear_kappa=interval(kappa, groups),
        annotated_by_predicted=table.tolist(),
    )
