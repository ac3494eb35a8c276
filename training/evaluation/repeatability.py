"""How far counts of the same face in the same pose, captured twice, differ: SEM on the square-root scale.

Who was photographed is not recorded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mobile_models.lesions import INFLAMMATORY, MEASURES
from training.array import Array
from training.bootstrap import Figure, interval
from training.evaluation.fit import Counted
from training.evaluation.repeats import WITHIN_SECONDS, repeat_pairs

POISSON_SEM = 0.5
"""SEM of the root of a Poisson count, which stands in where no capture was repeated."""

FEW_PAIRS = 10


@dataclass(frozen=True, kw_only=True)
class RepeatedCounts(Figure):
    """SEM of √count over ``n`` pairs; ``of_expected`` is that of the means that the counts were rounded from."""

    of_expected: float


@dataclass(frozen=True, kw_only=True)
class DetectableChange:
    """The manifest's ``mdc``.

    Attributes:
        sem: What ships, by measure.
        interval: What was measured, by measure; empty without pairs.
        people: None where their number is not recorded.
    """

    scale: str
    sem: Mapping[str, float]
    interval: Mapping[str, RepeatedCounts]
    pairs: int
    people: int | None
    provisional: bool
    source: str


def detectable_change(photos: Sequence[Counted], note: str) -> DetectableChange:
    """Return the manifest's ``mdc``: SEM of √count between captures of one pose.

    Args:
        photos: Of one source, counted by the calibration that ships.
        note: Who was photographed, and how.

    Raises:
        AssessmentError: a photo that may be one of a pair cannot be read; the subclass says why.
    """
    pairs = repeat_pairs([photo.predicted.photo for photo in photos])
    name = photos[0].source if photos else "no source"
    what = f"two captures of one pose at most {WITHIN_SECONDS} s apart, turned and mirrored copies left out; {note}"
    if not pairs:
        what = "has no repeated captures, so the error of a Poisson count stands in"
    elif len(pairs) < FEW_PAIRS:
        what = f"{what}; so few pairs hardly tell"
    measured = {measure: _sem(photos, pairs, measure) for measure in MEASURES} if pairs else {}
    return DetectableChange(
        scale="sqrt",
        sem={measure: shipped_sem(measured, measure) if pairs else POISSON_SEM for measure in MEASURES},
        interval=measured,
        pairs=len(pairs),
        people=None,
        provisional=True,
        source=f"{name}: {what}",
    )


def shipped_sem(measured: Mapping[str, Figure], measure: str) -> float:
    """Return a SEM not below the inflammatory count's: comedones were too few in every pair to vary."""
    return max(value for name in (measure, INFLAMMATORY) if (value := measured[name].value) is not None)


def sem_of_pairs(first: Array, second: Array) -> float:
    """Return the standard error of measurement of √count: sd of differences / √2 (Bland & Altman 1996)."""
    difference = np.sqrt(first) - np.sqrt(second)
    return float(np.sqrt((difference**2).mean() / 2))


def _sem(photos: Sequence[Counted], pairs: Sequence[tuple[int, int]], measure: str) -> RepeatedCounts:
    counts = np.array([photo.counts[measure].value for photo in photos])
    expected = np.array([photo.counts[measure].expected for photo in photos])
    first, second = np.array(pairs).T
    of_means = sem_of_pairs(expected[first], expected[second])
    figure = interval(
        lambda times: sem_of_pairs(np.repeat(counts[first], times), np.repeat(counts[second], times)),
        [photos[index].predicted.photo.group for index in first],
        fewest=1,
    )
    measured = vars(figure) | {"n": len(pairs)}
    return RepeatedCounts(**measured, of_expected=round(of_means, 4))
