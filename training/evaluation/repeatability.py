"""How far counts of the same face, photographed again within seconds, differ: SEM on the square-root scale.

Capture times are read from the files' names (``…_YYYYMMDD_HHMMSS…``). Pairs of neighbours at most
``WITHIN_SECONDS`` apart are taken as one pose. Who was photographed is not recorded.
"""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np

from training.datasets.photo import AnnotatedPhoto

STAMP = re.compile(r"(\d{8})_(\d{6})")
WITHIN_SECONDS = 3


def repeat_pairs(photos: list[AnnotatedPhoto]) -> list[tuple[int, int]]:
    """Return index pairs of disjoint neighbours in time."""
    stamped = []
    for index, photo in enumerate(photos):
        if found := STAMP.search(photo.path.stem):
            stamped.append((datetime.strptime("".join(found.groups()), "%Y%m%d%H%M%S"), index))
    stamped.sort()
    pairs, place = [], 0
    while place + 1 < len(stamped):
        (earlier, first), (later, second) = stamped[place], stamped[place + 1]
        if (later - earlier).total_seconds() <= WITHIN_SECONDS:
            pairs.append((first, second))
            place += 2
        else:
            place += 1
    return pairs


def capture_days(photos: list[AnnotatedPhoto]) -> int:
    """Return the number of days on which the photos were taken."""
    return len({found.group(1) for photo in photos if (found := STAMP.search(photo.path.stem))})


def sem_of_pairs(first: np.ndarray, second: np.ndarray) -> float:
    """Return the standard error of measurement of √count: sd of differences / √2 (Bland & Altman 1996)."""
    difference = np.sqrt(first) - np.sqrt(second)
    return float(np.sqrt((difference**2).mean() / 2))
