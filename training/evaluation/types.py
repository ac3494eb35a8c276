"""How well a lesion's type is told once the lesion is hit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mobile_models.lesions import TYPES
from training.array import Array
from training.bootstrap import Figure, interval
from training.datasets.photo import UNKNOWN
from training.evaluation.fit import Counted


@dataclass(frozen=True, kw_only=True)
class TypeFigures:
    """How well types are told.

    Attributes:
        macro_F1: Of the model's own class.
        macro_F1_by_table: Of the type that the calibration calls likeliest for the class, score and size.
        majority_macro_F1: Of always answering the commonest type.
        matched: Lesions of known type that were hit.
        confusion_true_by_predicted: How many of each annotated type (rows) were called what.
    """

    macro_F1: Figure
    macro_F1_by_table: Figure
    majority_macro_F1: float
    matched: int
    confusion_true_by_predicted: Sequence[Sequence[int]]


def type_figures(photos: Sequence[Counted]) -> TypeFigures | None:
    """Return macro-F1 given a match, and who was taken for whom; None where fewer than two types were hit."""
    by_class = np.array([confusion(photo, photo.predicted.classes) for photo in photos]).reshape(
        -1, len(TYPES), len(TYPES)
    )
    by_table = np.array([confusion(photo, likeliest(photo)) for photo in photos]).reshape(by_class.shape)
    whole = by_class.sum(axis=0)
    if (whole.sum(axis=1) > 0).sum() < 2:
        return None
    groups = [photo.predicted.photo.group for photo in photos]
    commonest = np.zeros_like(whole)
    commonest[:, whole.sum(axis=1).argmax()] = whole.sum(axis=1)
    return TypeFigures(
        macro_F1=interval(lambda times: macro_f1(np.tensordot(times, by_class, 1)), groups),
        macro_F1_by_table=interval(lambda times: macro_f1(np.tensordot(times, by_table, 1)), groups),
        majority_macro_F1=round(macro_f1(commonest), 4),
        matched=int(whole.sum()),
        confusion_true_by_predicted=whole.tolist(),
    )


def likeliest(counted: Counted) -> Array:
    """Return (n,) the type each candidate most probably is, in the calibration's eyes."""
    kinds: Array = counted.type_probabilities.argmax(axis=1)
    return kinds


def confusion(counted: Counted, called: Array) -> Array:
    """Return (4, 4) matched lesions of a photo by annotated type (rows) and the type called; untyped are left out."""
    hit = counted.predicted.matches()
    known = hit >= 0
    true, predicted = counted.predicted.photo.types[hit[known]], called[known]
    typed = true != UNKNOWN
    table = np.zeros((len(TYPES), len(TYPES)), dtype=int)
    np.add.at(table, (true[typed], predicted[typed]), 1)
    return table


def macro_f1(table: Array) -> float:
    """Return the mean F1 over the types that occur, of a (4, 4) table of true by predicted types."""
    true, predicted, right = table.sum(axis=1), table.sum(axis=0), np.diagonal(table)
    occurs = true > 0
    return float((2 * right[occurs] / (true + predicted)[occurs]).mean()) if occurs.any() else float("nan")
