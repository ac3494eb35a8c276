"""How far counts of the same face, photographed again within seconds, differ: SEM on the square-root scale.

Capture times are read from the files' names (``…_YYYYMMDD_HHMMSS…``). Pairs of neighbours at most
``WITHIN_SECONDS`` apart are taken as one pose. Who was photographed is not recorded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np

from mobile_models.lesions import MEASURES
from training.datasets.photo import AnnotatedPhoto
from training.evaluation.bootstrap import interval
from training.evaluation.fit import Counted

STAMP = re.compile(r"(\d{8})_(\d{6})")
WITHIN_SECONDS = 3
POISSON_SEM = 0.5
"""SEM of the root of a Poisson count, which stands in where no capture was repeated."""


def detectable_change(photos: Sequence[Counted], note: str) -> dict[str, Any]:
    """Return the manifest's ``mdc``: SEM of √count between captures of one pose.

    Args:
        photos: Of one source, counted by the calibration that ships.
        note: Who was photographed, and how.
    """
    annotated = [one.predicted.photo for one in photos]
    pairs = repeat_pairs(annotated)
    days = capture_days(annotated)
    name = photos[0].source if photos else "no source"
    what = f"neighbouring captures at most {WITHIN_SECONDS} s apart on {days} days; {note}"
    if not pairs:
        what = "has no repeated captures, so the error of a Poisson count stands in"
    measured = {measure: _sem(photos, pairs, measure) for measure in MEASURES} if pairs else {}
    return {
        "scale": "sqrt",
        "sem": {measure: measured[measure]["value"] if pairs else POISSON_SEM for measure in MEASURES},
        "interval": measured,
        "pairs": len(pairs),
        "days": days,
        "people": None,
        "provisional": True,
        "source": f"{name}: {what}",
    }


def repeat_pairs(photos: Sequence[AnnotatedPhoto]) -> list[tuple[int, int]]:
    """Return index pairs of disjoint neighbours in time."""
    stamped = sorted((taken, index) for index, photo in enumerate(photos) if (taken := taken_at(photo)))
    pairs, place = [], 0
    while place + 1 < len(stamped):
        (earlier, first), (later, second) = stamped[place], stamped[place + 1]
        if (later - earlier).total_seconds() <= WITHIN_SECONDS:
            pairs.append((first, second))
            place += 2
        else:
            place += 1
    return pairs


def taken_at(photo: AnnotatedPhoto) -> datetime | None:
    """Return when a photo was taken, as its name says; None where it does not."""
    found = STAMP.search(photo.path.stem)
    try:
        return datetime.strptime("".join(found.groups()), "%Y%m%d%H%M%S") if found else None
    except ValueError:
        return None


def capture_days(photos: Sequence[AnnotatedPhoto]) -> int:
    """Return the number of days on which the photos were taken."""
    return len({taken.date() for photo in photos if (taken := taken_at(photo))})


def sem_of_pairs(first: np.ndarray, second: np.ndarray) -> float:
    """Return the standard error of measurement of √count: sd of differences / √2 (Bland & Altman 1996)."""
    difference = np.sqrt(first) - np.sqrt(second)
    return float(np.sqrt((difference**2).mean() / 2))


def _sem(photos: Sequence[Counted], pairs: Sequence[tuple[int, int]], measure: str) -> dict[str, float]:
    counts = np.array([one.counts[measure].value for one in photos])
    expected = np.array([one.counts[measure].expected for one in photos])
    first, second = np.array(pairs).T
    days = [str(taken.date()) if (taken := taken_at(photos[index].predicted.photo)) else "" for index in first]
    of_means = sem_of_pairs(expected[first], expected[second])
    figure = interval(
        lambda times: sem_of_pairs(np.repeat(counts[first], times), np.repeat(counts[second], times)),
        [photos[index].predicted.photo.group for index in first],
        fewest=1,
    )
    return figure | {"n": len(pairs), "days": len(set(days)), "of_expected": round(of_means, 4)}
