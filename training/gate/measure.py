"""What the fitted gate does to photos it was not fitted on: false alarms, copies caught, counts kept by degradation."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from training.degrade import ORDINARY, SEVERE
from training.evaluation.bootstrap import Figure, interval, mean_of
from training.gate.copies import UNTOUCHED, Copy
from training.gate.fit import LEAST_LESIONS, fit_legibility, untouched_counts

FOLDS = 4
LOST = 0.3
"""On √count: what a copy may lose without a word."""


def fold_of(photo: str) -> int:
    """A photo and its copies are in one of `FOLDS`, by a fixed draw of its name."""
    return hashlib.sha256(photo.encode()).digest()[1] % FOLDS


def kept_out_of_fold(copies: Sequence[Copy]) -> list[float]:
    """What is predicted for each copy by a fit that its photo had no part in."""
    predicted = [0.0] * len(copies)
    for fold in range(FOLDS):
        legibility = fit_legibility([one for one in copies if fold_of(one.photo) != fold])
        for place, one in enumerate(copies):
            if fold_of(one.photo) == fold:
                predicted[place] = legibility.kept(one.figures)
    return predicted


def gate_figures(copies: Sequence[Copy], predicted: Sequence[float], table: Mapping[str, Any]) -> dict[str, Any]:
    """Figures by source and way, each a share with its interval over photos.

    Args:
        copies: of all photos.
        predicted: for each, the share of lesions kept, out of fold.
        table: the gate's, for its thresholds.
    """
    whole = untouched_counts(copies)
    rows = [
        {
            "source": one.source,
            "photo": one.photo,
            "way": one.way,
            "warned": kept < table["warn_below"],
            "unavailable": kept < table["unavailable_below"],
            "lost": whole[one.source, one.photo] ** 0.5 - one.counted**0.5,
            "after": _ratio(one.counted, whole[one.source, one.photo]),
            "before": None if one.before is None else _ratio(one.before, whole[one.source, one.photo]),
        }
        for one, kept in zip(copies, predicted, strict=True)
    ]
    sources = list(dict.fromkeys(row["source"] for row in rows))
    ways = [*ORDINARY, *SEVERE]
    return {
        "thresholds": {name: table[name] for name in ("warn_below", "unavailable_below")},
        "photos": {source: len({r["photo"] for r in rows if r["source"] == source}) for source in sources},
        "untouched": {
            source: _alarms([r for r in rows if r["source"] == source and r["way"] == UNTOUCHED]) for source in sources
        },
        "ordinary": {
            source: _ordinary([r for r in rows if r["source"] == source and r["way"] in ORDINARY]) for source in sources
        },
        "severe": {
            source: _share([r for r in rows if r["source"] == source and r["way"] in SEVERE], _safe)
            for source in sources
            if any(r["source"] == source and r["way"] in SEVERE for r in rows)
        },
        "ways": {way: _way([row for row in rows if row["way"] == way and row["source"] != "rendered"]) for way in ways},
    }


def _safe(row: Mapping[str, Any]) -> bool:
    return bool(row["lost"] <= LOST or row["warned"])


def _alarms(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"warned": _share(rows, lambda r: r["warned"]), "unavailable": _share(rows, lambda r: r["unavailable"])}


def _ordinary(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"warned": _share(rows, lambda r: r["warned"]), "held": _share(rows, lambda r: abs(r["lost"]) <= LOST)}


def _way(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    enough = [row for row in rows if row["after"] is not None]
    both = [row for row in enough if row["before"] is not None]
    return {
        "n": len(rows),
        "safe": _share(rows, _safe),
        "unavailable": _share(rows, lambda r: r["unavailable"]),
        "kept": _quantiles([row["after"] for row in enough]),
        "kept_before": _quantiles([row["before"] for row in both]),
    }


def _share(rows: Sequence[Mapping[str, Any]], is_so: Callable[[Mapping[str, Any]], bool]) -> Figure:
    """A share of rows with its interval over photos; where it is none or all, the exact one of as many photos."""
    figure = interval(mean_of([float(is_so(row)) for row in rows]), [str(row["photo"]) for row in rows])
    if figure.get("value") in (0.0, 1.0):
        beyond = round(0.025 ** (1 / len({row["photo"] for row in rows})), 4)
        figure |= {"high": round(1 - beyond, 4)} if figure["value"] == 0 else {"low": beyond}
    return figure


def _quantiles(values: Sequence[float]) -> dict[str, float] | None:
    if not values:
        return None
    tenth, middle = np.quantile(values, (0.1, 0.5))
    return {
        "tenth": round(float(tenth), 3),
        "median": round(float(middle), 3),
        "mean": round(float(np.mean(values)), 3),
    }


def _ratio(counted: float, whole: float) -> float | None:
    return counted / whole if whole >= LEAST_LESIONS else None
