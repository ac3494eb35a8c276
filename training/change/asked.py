"""How many people a simulation asks for, and what all of them have in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.array import Array

STARTS = (-2.0, -1.0, 0.0)
"""Weeks of the three visits before a course, the last on its first day."""

START = len(STARTS) - 1


@dataclass(frozen=True)
class Asked:
    """How many people of each kind, and from which seed."""

    people: int = 1000
    seed: int = 0
    sem: float = 0.45


def share(yes: Array) -> float:
    """Share of people, to four decimals."""
    return round(float(np.mean(yes)), 4)


def rng_of(asked: Asked, *of: float) -> np.random.Generator:
    """A generator of its own for each kind of people."""
    return np.random.default_rng([asked.seed, *(round(1000 * number) for number in of)])
