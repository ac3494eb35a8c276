r"""Calibrate a detector on held-out photos and measure it there, out of fold.

    python -m training evaluate --weights runs/first/average.safetensors --data DATA \
        --rendered HELD --out runs/first/measured

writes ``measured.json`` (calibration, minimal detectable change, figures), which ``export.py`` puts into
the bundle and ``training.card`` into words. The counting standard is AcneSCU's for inflammatory lesions on
whole faces; of large, close candidates AcneSCU shows none, and ACNE04's boxes stand for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mobile_models import negative_binomial
from mobile_models.calibration import type_probabilities
from mobile_models.lesions import GROUPS, TYPES
from mobile_models.metrics import (
    average_precision_of,
    centre_f1_of,
    count_error,
    hits_by_centre,
    hits_by_iou,
    linear_weighted_kappa,
)
from mobile_models.zones import ZoneTable
from training.config import TrainConfig
from training.datasets.photo import COMEDO_SHARE, UNKNOWN
from training.datasets.rendered import read_rendered
from training.datasets.sources import read_source
from training.evaluation.bootstrap import with_interval
from training.evaluation.calibration import SIZES, CountModel, design_row, fit_counts, out_of_fold, type_table
from training.evaluation.predict import FLOOR, Predicted, Runner, predict_all
from training.evaluation.repeatability import capture_days, repeat_pairs, sem_of_pairs
from training.heldout import held_out_photos

STANDARD = "acnescu"
INTERVAL = 0.95
ACNE04_BINS = (5, 20, 50)
FITTED_ON = {
    "inflammatory": ("acnescu", "faces", "rendered", "acne04"),
    "non_inflammatory": ("web_mixed", "faces", "rendered"),
}
TYPED = ("acnescu", "web_mixed")
TYPE_WEIGHT = {"acnescu": 1.0, "rendered": 1.0, "web_mixed": 0.2, "acne04": 0.05}
"""How far a source's types are believed: the web's are students', who call many a papule a nodule; ACNE04's
are not recorded."""

UNTYPED = (COMEDO_SHARE, 0.66, 0.16, 0.03)
"""What an untyped box is taken to be: `COMEDO_SHARE` comedones, the rest as in AcneSCU."""

Held = dict[str, list[Predicted]]


@dataclass(frozen=True)
class Fitted:
    """One group's count model and, a photo, what a fit without that photo's fold expects."""

    model: CountModel
    photos: list[Predicted]
    counts: np.ndarray
    expected: np.ndarray
    alpha: np.ndarray


def predict_held_out(
    runner: Runner, config: TrainConfig, data: Path, rendered: Path | None, oval: ZoneTable
) -> Held:
    """Run the model over every held-out photo, keyed by source."""
    held = {
        name: held_out_photos(config, data, name) for name in config.sources if config.sources[name].held_out
    }
    held["acne04"] = read_source(data, "acne04", "valid")
    held["phone_series"] = read_source(data, "phone_series", "train")
    predicted = {name: predict_all(runner, photos, name) for name, photos in held.items()}
    if rendered:
        predicted["rendered"] = predict_all(runner, read_rendered(rendered), "rendered", oval)
    return predicted


def fit(held: Held, seed: int = 0) -> tuple[dict[str, Any], dict[str, Fitted]]:
    """Return P(type | predicted type, score band) and both groups' count models."""
    table = _types(held)
    return table, {group: fit_group(held, group, table, seed) for group in GROUPS}


def measure(held: Held, table: dict[str, Any], fitted: dict[str, Fitted], seed: int = 0) -> dict[str, Any]:
    """Return the calibration, the minimal detectable change and every figure of the held-out photos."""
    return {
        "calibration": {
            "standard": STANDARD,
            "interval": INTERVAL,
            "score_floor": FLOOR,
            "sizes": list(SIZES),
            "type_given": table,
            "counts": {name: one.model.as_json() for name, one in fitted.items()},
        },
        "mdc": minimal_detectable_change(held["phone_series"], fitted, table),
        "metrics": {
            "detection": {name: detection(photos) for name, photos in held.items() if name != "faces"},
            "types": {name: type_figures(held[name]) for name in TYPED},
            "comedones": comedo_detection(held),
            "counts": {name: count_figures(one) for name, one in fitted.items()},
            "acne04": acne04_counts(held["acne04"], fitted, table, seed),
        },
    }


def group_probability(table: dict[str, Any], group: str, predicted: Predicted) -> np.ndarray:
    """Return (n,) probability that each candidate belongs to the group."""
    rows = np.array([[given[name] for name in TYPES] for given in table["by_size"]])
    large = np.interp(predicted.sizes, SIZES, (0.0, 1.0))
    given = type_probabilities(rows, np.array(table["score_edges"]), predicted.classes, predicted.scores, large)
    return given[:, list(GROUPS[group])].sum(axis=1)


def design_of(photos: Sequence[Predicted], group: str, table: dict[str, Any]) -> np.ndarray:
    """Return (n, k) design rows of a group's count model."""
    return np.array([design_row(one.scores, one.sizes, group_probability(table, group, one)) for one in photos])


def reference_counts(photos: Sequence[Predicted], group: str) -> np.ndarray:
    """Return (n,) annotated lesions of a group; ACNE04's untyped boxes stand for inflammatory lesions."""
    wanted = (*GROUPS[group], UNKNOWN) if group == "inflammatory" else GROUPS[group]
    return np.array([np.isin(one.photo.types, wanted).sum() for one in photos])


def fit_group(held: Held, group: str, table: dict[str, Any], seed: int) -> Fitted:
    """Fit a group's count model on its sources; expectations for the figures come out of five folds."""
    photos = [one for name in FITTED_ON[group] for one in held.get(name, [])]
    design, counts = design_of(photos, group, table), reference_counts(photos, group)
    expected, alpha = out_of_fold(design, counts, _folds(len(photos), seed))
    return Fitted(fit_counts(design, counts), photos, counts, expected, alpha)


def minimal_detectable_change(
    repeats: list[Predicted], fitted: dict[str, Fitted], table: dict[str, Any]
) -> dict[str, Any]:
    """Return the manifest's ``mdc``: SEM of √expected count between captures of one pose, provisional."""
    pairs = repeat_pairs([one.photo for one in repeats])
    expected = {g: f.model.expected(design_of(repeats, g, table)) for g, f in fitted.items()}
    expected["total"] = expected["inflammatory"] + expected["non_inflammatory"]
    first, second = np.array(pairs).T
    return {
        "scale": "sqrt",
        "sem": {name: round(sem_of_pairs(mean[first], mean[second]), 4) for name, mean in expected.items()},
        "pairs": len(pairs),
        "days": capture_days([one.photo for one in repeats]),
        "people": None,
        "provisional": True,
        "source": "phone_series: neighbouring captures at most 3 s apart on four days; very few people, "
        "number not recorded; photos without the guide",
    }


def detection(photos: list[Predicted]) -> dict[str, Any]:
    """Return AP50 and the best centre F1 of "any lesion" against all boxes, with bootstrap intervals."""
    scored = [one.scored() for one in photos]
    overlapping, centred = [hits_by_iou(one, 0.5) for one in scored], [hits_by_centre(one) for one in scored]
    best = centre_f1_of(centred)
    return {
        "AP50": with_interval(average_precision_of, overlapping),
        "centre_F1": with_interval(lambda some: centre_f1_of(some).f1, centred),
        "at_threshold": round(best.threshold, 4),
        "precision": round(best.precision, 4),
        "recall": round(best.recall, 4),
    }


def type_figures(photos: list[Predicted]) -> dict[str, Any]:
    """Return the type given a match: macro-F1 beside always answering the commonest type, and the table."""
    pairs = [
        np.stack([one.photo.types[hit[hit >= 0]], one.classes[hit >= 0]])
        for one in photos
        for hit in [one.matches()]
    ]
    everything = np.concatenate(pairs, axis=1)
    confusion = np.zeros((len(TYPES), len(TYPES)), dtype=int)
    np.add.at(confusion, tuple(everything), 1)
    return {
        "macro_F1": with_interval(lambda some: _macro_f1(np.concatenate(some, axis=1)), pairs),
        "majority_macro_F1": round(
            _macro_f1(np.stack([everything[0], np.full_like(everything[0], _mode(everything[0]))])), 4
        ),
        "confusion_true_by_predicted": confusion.tolist(),
    }


def comedo_detection(held: Held) -> dict[str, Any]:
    """Return the best centre F1 of candidates classed as comedones, on the sources that boxed them."""
    figures = {}
    for name in ("web_mixed", "web_single"):
        photos = [one for one in held[name] if name == "web_mixed" or (one.photo.types == 0).any()]
        hits = [hits_by_centre(one.scored(one.classes == 0, one.photo.types == 0)) for one in photos]
        figures[name] = with_interval(lambda some: centre_f1_of(some).f1, hits)
    return figures


def count_figures(fitted: Fitted) -> dict[str, Any]:
    """Return out-of-fold count error and interval coverage, a source."""
    figures = {}
    sources = np.array([one.photo.source for one in fitted.photos])
    for name in dict.fromkeys(sources):
        mine = sources == name
        figures[name] = _count_error(fitted.expected[mine], fitted.counts[mine])
        figures[name]["coverage_95"] = _coverage(
            fitted.expected[mine], fitted.alpha[mine], fitted.counts[mine]
        )
    return figures


def acne04_counts(
    photos: list[Predicted], fitted: dict[str, Fitted], table: dict[str, Any], seed: int
) -> dict[str, Any]:
    """Return ACNE04's total counts and levels (its binned counts) by a fit to its own boxes, out of fold.

    ``shipped_total`` is what a phone says: inflammatory lesions out of fold plus comedones, whose fit never
    saw ACNE04.
    """
    inflammatory = fitted["inflammatory"]
    mine = np.array([one.photo.source == "acne04" for one in inflammatory.photos])
    comedones = fitted["non_inflammatory"].model.expected(design_of(photos, "non_inflammatory", table))
    reference = np.array([len(one.reference) for one in photos])
    design = np.array([design_row(one.scores, one.sizes, np.ones(len(one.scores))) for one in photos])
    own, alpha = out_of_fold(design, reference, _folds(len(photos), seed))
    level, true_level = (np.digitize(np.floor(c + 0.5), np.array(ACNE04_BINS) + 1) for c in (own, reference))
    return {
        "reference_mean": round(float(reference.mean()), 2),
        "always_the_median_MAE": round(float(np.abs(reference - np.median(reference)).mean()), 2),
        "by_own_standard": _count_error(own, reference) | {"coverage_95": _coverage(own, alpha, reference)},
        "shipped_total": _count_error(inflammatory.expected[mine] + comedones, reference),
        "level_accuracy": round(float((level == true_level).mean()), 4),
        "level_within_one": round(float((abs(level - true_level) <= 1).mean()), 4),
        "level_linear_kappa": round(linear_weighted_kappa(level, true_level, 4), 4),
    }


def _types(held: Held) -> dict[str, Any]:
    kinds = np.vstack([np.eye(len(TYPES)), UNTYPED])
    columns, truths = [], []
    for name, weight in TYPE_WEIGHT.items():
        for one in held.get(name, []):
            hit = one.matches()
            known = hit >= 0
            truths.append(kinds[one.photo.types[hit[known]]])
            weights = np.full(int(known.sum()), weight)
            columns.append(np.stack([one.classes[known], one.scores[known], one.sizes[known], weights]))
    predicted, scores, sizes, weights = np.concatenate(columns, axis=1)
    return type_table(predicted.astype(int), scores, sizes, np.concatenate(truths), weights)


def _folds(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).permutation(count) % 5


def _count_error(expected: np.ndarray, reference: np.ndarray) -> dict[str, Any]:
    rounded = np.floor(expected + 0.5)
    pairs = list(zip(rounded, reference, strict=True))

    def error(name: str) -> Callable[[Sequence[tuple[float, float]]], float]:
        return lambda some: float(getattr(count_error(*np.array(some).T), name))

    return {
        name.upper() if name == "mae" else name: with_interval(error(name), pairs) for name in ("mae", "bias")
    }


def _coverage(expected: np.ndarray, alpha: np.ndarray, reference: np.ndarray) -> float:
    held = []
    for mean, scatter, count in zip(expected, alpha, reference, strict=True):
        low, high = negative_binomial.central_interval(
            negative_binomial.pmf(float(mean), float(scatter)), INTERVAL
        )
        held.append(low <= count <= high)
    return round(float(np.mean(held)), 4)


def _mode(values: np.ndarray) -> int:
    return int(np.bincount(values).argmax())


def _macro_f1(pairs: np.ndarray) -> float:
    """Mean F1 over the types that occur; pairs is (2, n) true and predicted."""
    true, predicted = pairs
    scores = []
    for kind in np.unique(true):
        hit = ((true == kind) & (predicted == kind)).sum()
        scores.append(2 * hit / ((true == kind).sum() + (predicted == kind).sum()))
    return float(np.mean(scores))
