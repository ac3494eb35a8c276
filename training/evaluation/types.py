"""How well a lesion's type is told once the lesion is hit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mobile_models.lesions import TYPES
from training.datasets.photo import UNKNOWN
from training.evaluation.bootstrap import interval
from training.evaluation.fit import Counted


def type_figures(photos: Sequence[Counted]) -> dict[str, Any] | None:
    """Return macro-F1 given a match, beside always answering the commonest type, and who was taken for whom.

    ``macro_F1`` is of the model's own class; ``macro_F1_by_table`` of the type that the calibration calls
    likeliest for the class, score and size. None where lesions of fewer than two types were hit.
    """
    by_class = np.array([confusion(one, one.predicted.classes) for one in photos]).reshape(-1, len(TYPES), len(TYPES))
    by_table = np.array([confusion(one, likeliest(one)) for one in photos]).reshape(by_class.shape)
    whole = by_class.sum(axis=0)
    if (whole.sum(axis=1) > 0).sum() < 2:
        return None
    groups = [one.predicted.photo.group for one in photos]
    commonest = np.zeros_like(whole)
    commonest[:, whole.sum(axis=1).argmax()] = whole.sum(axis=1)
    return {
        "macro_F1": interval(lambda times: macro_f1(np.tensordot(times, by_class, 1)), groups),
        "macro_F1_by_table": interval(lambda times: macro_f1(np.tensordot(times, by_table, 1)), groups),
        "majority_macro_F1": round(macro_f1(commonest), 4),
        "matched": int(whole.sum()),
        "confusion_true_by_predicted": whole.tolist(),
    }


def likeliest(one: Counted) -> np.ndarray:
    """Return (n,) the type each candidate most probably is, in the calibration's eyes."""
    kinds: np.ndarray = one.given.argmax(axis=1)
    return kinds


def confusion(one: Counted, called: np.ndarray) -> np.ndarray:
    """Return (4, 4) matched lesions of a photo by annotated type (rows) and the type called; untyped are left out."""
    hit = one.predicted.matches()
    known = hit >= 0
    true, said = one.predicted.photo.types[hit[known]], called[known]
    typed = true != UNKNOWN
    table = np.zeros((len(TYPES), len(TYPES)), dtype=int)
    np.add.at(table, (true[typed], said[typed]), 1)
    return table


def macro_f1(table: np.ndarray) -> float:
    """Return the mean F1 over the types that occur, of a (4, 4) table of true by predicted types."""
    true, said, right = table.sum(axis=1), table.sum(axis=0), np.diagonal(table)
    occurs = true > 0
    return float((2 * right[occurs] / (true + said)[occurs]).mean()) if occurs.any() else float("nan")
