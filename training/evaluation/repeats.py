"""Which photos are repeated captures: another capture of the same pose, not a turned copy of the same one.

Capture times are read from the files' names (``…_YYYYMMDD_HHMMSS…``). One capture may be stored several times,
turned, mirrored and under another second's name; what tells is how the photos lie on each other. The limits were
set by looking at the pairs that they let through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import numpy as np
from scipy.sparse.csgraph import connected_components

from training.datasets.photo import AnnotatedPhoto
from training.evaluation.registration import Landmarks, Registration, mirrored, read_landmarks, register

STAMP = re.compile(r"(\d{8})_(\d{6})")
WITHIN_SECONDS = 120
COVERED = 0.7
SCALES = (0.8, 1.25)
COPY_CORRELATION = 0.96
"""Copies of one capture correlate above this once laid on each other, two captures below it."""

TURN_DEG = 15.0
"""How far two photos of a pair may be turned: the model must see both the same way up."""


def repeat_pairs(photos: Sequence[AnnotatedPhoto]) -> list[tuple[int, int]]:
    """Return index pairs of two captures of one pose, the best registered first; each capture is in one at most.

    Raises:
        AssessmentError: a photo that was taken close to another cannot be read; the subclass says why.
    """
    near = list(_near(photos))
    plain = {
        index: read_landmarks(photos[index].path) for index in sorted({member for pair in near for member in pair})
    }
    lies = {(first, second): register(plain[first], plain[second]) for first, second in near}
    alike = {pair: lie for pair, lie in lies.items() if lie and is_repeat(lie)}
    capture = _captures({index: plain[index] for index in sorted({member for pair in alike for member in pair})})
    repeats = {pair: lie for pair, lie in alike.items() if capture[pair[0]] != capture[pair[1]]}
    pairs, taken = [], set[int]()
    for first, second in sorted(repeats, key=lambda pair: -repeats[pair].inliers):
        if taken.isdisjoint(both := {capture[first], capture[second]}):
            taken |= both
            pairs.append((first, second))
    return pairs


def is_copy(lie: Registration | None) -> bool:
    """Whether two photos are one capture stored twice, however it was turned."""
    return lie is not None and _whole(lie) and lie.correlation > COPY_CORRELATION


def is_repeat(lie: Registration | None) -> bool:
    """Whether two photos show one pose the same way up, and are not one capture."""
    if lie is None or not _whole(lie):
        return False
    return lie.correlation <= COPY_CORRELATION and abs(lie.turn_deg) <= TURN_DEG


def taken_at(photo: AnnotatedPhoto) -> datetime | None:
    """Return when a photo was taken, as its name says; None where it does not."""
    stamp = STAMP.search(photo.path.stem)
    try:
        return datetime.strptime("".join(stamp.groups()), "%Y%m%d%H%M%S") if stamp else None
    except ValueError:
        return None


def _whole(lie: Registration) -> bool:
    return lie.covered >= COVERED and SCALES[0] <= lie.scale <= SCALES[1]


def _near(photos: Sequence[AnnotatedPhoto]) -> Iterator[tuple[int, int]]:
    """Yield index pairs of photos at most ``WITHIN_SECONDS`` apart on one day, the earlier first."""
    stamped = sorted((taken, index) for index, photo in enumerate(photos) if (taken := taken_at(photo)))
    for place, (earlier, first) in enumerate(stamped):
        for later, second in stamped[place + 1 :]:
            if (later - earlier).total_seconds() > WITHIN_SECONDS:
                break
            if later.date() == earlier.date():
                yield first, second


def _captures(photos: Mapping[int, Landmarks]) -> dict[int, int]:
    """Return the capture of each photo; copies may bear a time of hours later, so every two are compared."""
    places = list(photos)
    copied = np.zeros((len(places), len(places)), dtype=bool)
    for second, its in enumerate(places):
        mirror = mirrored(photos[its])
        for first, mine in enumerate(places[:second]):
            copied[first, second] = any(is_copy(register(photos[mine], other)) for other in (photos[its], mirror))
    labels = connected_components(copied, directed=False)[1].tolist() if places else []
    return dict(zip(places, labels, strict=True))
