"""Grading tables as shipped, and faces of which so many lesions are expected."""

import json
from pathlib import Path

import numpy as np
import pytest

from mobile_models import grading
from mobile_models.counts import ExpectedCounts
from mobile_models.zones import ZONES, side_shares


@pytest.fixture(scope="session")
def tables():
    return json.loads((Path(grading.__file__).parent / "tables.json").read_text())


@pytest.fixture(scope="session")
def face():
    """Expected counts from {zone: (comedo, papule, pustule, nodule)}; zones not named expect nothing."""

    def of(lesions=None, captured=ZONES, alpha=0.0):
        mean = np.zeros((max(1, len(captured)), 2, 4))
        for i, zone in enumerate(captured or ("photo",)):
            sides = side_shares(zone) if captured else (1.0, 0.0)
            mean[i] = np.outer(sides, (lesions or {}).get(zone, (0, 0, 0, 0)))
        return ExpectedCounts(tuple(captured), mean, {"inflammatory": alpha, "non_inflammatory": alpha})

    return of


@pytest.fixture(scope="session")
def evenly(face):
    """The same lesions expected in each of the five zones."""

    def of(comedo=0.0, papule=0.0, pustule=0.0, nodule=0.0, alpha=0.0):
        each = tuple(n / len(ZONES) for n in (comedo, papule, pustule, nodule))
        return face(dict.fromkeys(ZONES, each), alpha=alpha)

    return of
