"""Simulated people whose every lesion is known: lesions are born, heal after 9 to 17 days, and are photographed badly.

What is assumed stands in `Person` and `Camera`, and in the card beside the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mobile_models.lesions import FloatArray

DAY = 1 / 7
RUN_IN_WEEKS = 6
HEALS_AFTER_DAYS = (9, 17)
COURSE_WEEKS = 3.5
Level = Callable[[FloatArray], FloatArray]
"""Expected lesions at given weeks [n] of each person [people, n], or of all alike [n]."""


@dataclass(frozen=True)
class Skin:
    """How new lesions come: their rate varies by a share, and keeps to it for some weeks."""

    rate_variation: float = 0.2
    rate_weeks: float = 4.0


@dataclass(frozen=True)
class Camera:
    """What photographs add: error of √count, shares of photos spoilt and of weeks missed."""

    sem: float = 0.45
    spoilt: float = 0.0
    missed: float = 0.0


@dataclass(frozen=True)
class Seen:
    """What was there and what the photos said.

    Attributes:
        weeks: [visits].
        counts: [people, visits] counted; NaN where the week was missed.
        lesions: [people, visits] on the face.
        level: [people, visits] expected on the face, without ups and downs.
    """

    weeks: FloatArray
    counts: FloatArray
    lesions: FloatArray
    level: FloatArray


def steady(lesions: float) -> Level:
    """The level of a stable person."""
    return lambda weeks: np.full_like(weeks, lesions)


def course(lesions: float, fall: float, stopped: float | None = None) -> Level:
    """A level that falls by this share by week 12 of a course from week 0, and comes back after a stop."""
    at_12 = _risen(np.array(12.0))

    def level(weeks: FloatArray) -> FloatArray:
        back = _risen(weeks - stopped) if stopped is not None else 0.0
        return lesions * (1 - fall * (_risen(weeks) - back) / at_12)

    return level


def simulate(
    people: int, weeks: Sequence[float], level: Level, rng: np.random.Generator, skin: Skin, camera: Camera
) -> Seen:
    """Let lesions be born and heal day by day, and photograph them at these weeks."""
    lesions, expected = _lesions(people, np.asarray(weeks, dtype=np.float64), level, rng, skin)
    roots = np.sqrt(lesions) + rng.normal(size=lesions.shape) * camera.sem
    counts = np.maximum(roots, 0) ** 2
    spoilt = rng.random(counts.shape) < camera.spoilt
    few, many = rng.uniform(0.25, 0.6, counts.shape), rng.uniform(1.4, 1.8, counts.shape)
    counts = np.where(spoilt, counts * np.where(rng.random(counts.shape) < 0.7, few, many), counts)
    missed = np.asarray(rng.random(counts.shape) < camera.missed)
    missed[:, [0, -1]] = False
    return Seen(np.asarray(weeks, dtype=np.float64), np.where(missed, np.nan, counts), lesions, expected)


def _lesions(
    people: int, weeks: FloatArray, level: Level, rng: np.random.Generator, skin: Skin
) -> tuple[FloatArray, FloatArray]:
    first = weeks[0] - RUN_IN_WEEKS
    days = round((weeks[-1] - first) / DAY) + 1
    expected = np.broadcast_to(np.maximum(level(first + DAY * np.arange(days)), 0), (people, days))
    variation = _variation(people, days, rng, skin)
    least, most = HEALS_AFTER_DAYS
    births = rng.poisson(expected * np.exp(variation - skin.rate_variation**2 / 2) / ((least + most) / 2))
    change = np.zeros((people, days + most + 1))
    left = births
    for number, lifetime in enumerate(range(least, most + 1)):
        some = rng.binomial(left, 1 / (most - least + 1 - number))
        left = left - some
        change[:, :days] += some
        change[:, lifetime : lifetime + days] -= some
    visits = np.rint((weeks - first) / DAY).astype(int)
    return change.cumsum(axis=1)[:, visits], np.asarray(expected[:, visits])


def _variation(people: int, days: int, rng: np.random.Generator, skin: Skin) -> FloatArray:
    autocorrelation = np.exp(-DAY / skin.rate_weeks)
    variation = np.empty((people, days))
    variation[:, 0] = rng.normal(size=people)
    for day in range(1, days):
        variation[:, day] = autocorrelation * variation[:, day - 1] + np.sqrt(1 - autocorrelation**2) * rng.normal(
            size=people
        )
    return variation * skin.rate_variation


def _risen(weeks: FloatArray) -> FloatArray:
    return np.asarray(np.where(weeks > 0, 1 - np.exp(-np.maximum(weeks, 0) / COURSE_WEEKS), 0.0))
