"""What the gate does to degraded copies of photos: false alarms, copies caught, counts kept by degradation."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from training.bootstrap import Figure, interval, mean_of
from training.degrade import ORDINARY, SEVERE
from training.gate.copies import UNTOUCHED, Copy
from training.gate.figures import Alarms, GateFigures, Kept, Ordinary, Way
from training.gate.fit import LEAST_LESIONS, fit_legibility, untouched_counts

FOLDS = 4
LOST = 0.3
"""On √count: what a copy may lose without a word."""


@dataclass(frozen=True)
class Looked:
    """One copy as the gate sees it.

    Attributes:
        lost: Of √count, against the untouched photo.
        after, before: Lesions counted as a share of the untouched photo's, with and without the reference light; None
            where it has too few to say, or it was not looked at.
    """

    source: str
    photo: str
    way: str
    warned: bool
    unavailable: bool
    lost: float
    after: float | None
    before: float | None


def fold_of(photo: str) -> int:
    """A photo and its copies are in one of `FOLDS`, by a fixed draw of its name."""
    return hashlib.sha256(photo.encode()).digest()[1] % FOLDS


def kept_out_of_fold(copies: Sequence[Copy]) -> list[float]:
    """What is predicted for each copy by a fit that its photo had no part in."""
    predicted = [0.0] * len(copies)
    for fold in range(FOLDS):
        legibility = fit_legibility([copy for copy in copies if fold_of(copy.photo) != fold])
        for place, copy in enumerate(copies):
            if fold_of(copy.photo) == fold:
                predicted[place] = legibility.share_kept(copy.figures)
    return predicted


def gate_figures(
    copies: Sequence[Copy],
    predicted: Sequence[float],
    table: Mapping[str, Any],
    *,
    asked: Mapping[str, int],
    out_of_fold: bool,
) -> GateFigures:
    """Figures by source and way, each a share with its interval over photos.

    Args:
        copies: of all photos.
        predicted: for each, the share of lesions kept.
        table: the gate's, for its thresholds.
        asked: how many photos of a source and copies of a photo at most.
        out_of_fold: whether no photo had a part in the fit that predicted its share.
    """
    whole = untouched_counts(copies)
    rows = [
        Looked(
            source=copy.source,
            photo=copy.photo,
            way=copy.way,
            warned=share_kept < table["warn_below"],
            unavailable=share_kept < table["unavailable_below"],
            lost=whole[copy.source, copy.photo] ** 0.5 - copy.counted**0.5,
            after=_ratio(copy.counted, whole[copy.source, copy.photo]),
            before=None if copy.before is None else _ratio(copy.before, whole[copy.source, copy.photo]),
        )
        for copy, share_kept in zip(copies, predicted, strict=True)
    ]
    of = {source: [row for row in rows if row.source == source] for source in dict.fromkeys(row.source for row in rows)}
    return GateFigures(
        asked=asked,
        out_of_fold=out_of_fold,
        thresholds={name: table[name] for name in ("warn_below", "unavailable_below")},
        photos={source: len({row.photo for row in some}) for source, some in of.items()},
        untouched={source: _alarms([row for row in some if row.way == UNTOUCHED]) for source, some in of.items()},
        ordinary={source: _ordinary([row for row in some if row.way in ORDINARY]) for source, some in of.items()},
        severe={
            source: _share(severe, _safe)
            for source, some in of.items()
            if (severe := [row for row in some if row.way in SEVERE])
        },
        ways={
            way: _way([row for row in rows if row.way == way and row.source != "rendered"])
            for way in (*ORDINARY, *SEVERE)
        },
    )


def _safe(row: Looked) -> bool:
    return row.lost <= LOST or row.warned


def _alarms(rows: Sequence[Looked]) -> Alarms:
    return Alarms(_share(rows, lambda row: row.warned), _share(rows, lambda row: row.unavailable))


def _ordinary(rows: Sequence[Looked]) -> Ordinary:
    return Ordinary(_share(rows, lambda row: row.warned), _share(rows, lambda row: abs(row.lost) <= LOST))


def _way(rows: Sequence[Looked]) -> Way:
    enough = [row for row in rows if row.after is not None]
    return Way(
        n=len(rows),
        safe=_share(rows, _safe),
        unavailable=_share(rows, lambda row: row.unavailable),
        kept=_quantiles([row.after for row in enough if row.after is not None]),
        kept_before=_quantiles([row.before for row in enough if row.before is not None]),
    )


def _share(rows: Sequence[Looked], is_so: Callable[[Looked], bool]) -> Figure:
    """A share of rows with its interval over photos; where it is none or all, the exact one of as many photos."""
    figure = interval(mean_of([float(is_so(row)) for row in rows]), [row.photo for row in rows])
    beyond = round(0.025 ** (1 / len({row.photo for row in rows})), 4) if rows else 0.0
    if figure.value == 0:
        return replace(figure, high=round(1 - beyond, 4))
    return replace(figure, low=beyond) if figure.value == 1 else figure


def _quantiles(values: Sequence[float]) -> Kept | None:
    if not values:
        return None
    tenth, middle = np.quantile(values, (0.1, 0.5))
    return Kept(round(float(tenth), 3), round(float(middle), 3), round(float(np.mean(values)), 3))


def _ratio(counted: float, whole: float) -> float | None:
    return counted / whole if whole >= LEAST_LESIONS else None
