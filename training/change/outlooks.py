"""How the outlook to week 12 does on simulated courses whose effect differs from person to person."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from mobile_models.lesions import FloatArray
from mobile_models.series.constants import Constants
from training.array import Array
from training.change.asked import STARTS, Asked, rng_of, share
from training.change.batch import Filters
from training.change.figures import Outlook
from training.change.people import COURSE_WEEKS, Camera, Level, Skin, simulate

BASES = (10, 20, 40)
WEEKS = (4, 6, 8)
SPREAD = 0.25
KINDS = {"active": 0.43, "vehicle": 0.30}
"""Mean effects on √count of simulated people; the outlook takes all of them for people on an active course."""


def outlooks(constants: Constants, asked: Asked) -> list[Outlook]:
    """Coverage of the interval in whole lesions, as it is said, and how good P(half) is, by kind of course and week."""
    return [_outlook(constants, asked, kind, week) for kind in KINDS for week in WEEKS]


def _outlook(constants: Constants, asked: Asked, kind: str, week: int) -> Outlook:
    rule = constants.outlook
    halves, chances, held = [], [], []
    for base in BASES:
        rng = rng_of(asked, base, KINDS[kind], week)
        effect = np.clip(rng.normal(KINDS[kind], SPREAD, asked.people), -0.3, 0.95)
        weeks = (*STARTS, *np.arange(1.0, rule.week + 1))
        seen = simulate(asked.people, weeks, _responding(base, effect), rng, Skin(), Camera(asked.sem))
        known = seen.weeks <= week
        filters = Filters(seen.weeks[known], seen.counts[:, known], [0.0], constants, rule.active)
        for visit, then in enumerate(seen.weeks[known]):
            filters.update(visit, float(then), 1.0)
        filters.predict(rule.week)
        mean, deviation = filters.measure(filters.contrast(base=1.0, ups_and_downs=1.0))
        low, high = (np.maximum(0, mean + side * constants.quantile * deviation) for side in (-1, 1))
        there = seen.lesions[:, -1]
        held.append((np.rint(low**2) <= there) & (there <= np.rint(high**2)))
        chances.append(norm.cdf(filters.z(filters.contrast(base=1 - np.sqrt(0.5)))))
        halves.append(seen.level[:, -1] <= base / 2)
    half, chance = np.concatenate(halves), np.concatenate(chances)
    return Outlook(
        kind=kind,
        week=week,
        covered=share(np.concatenate(held)),
        auc=round(auc(chance, half), 4),
        said=share(chance),
        came=share(half),
        too_hopeful=round(float(chance.mean() - half.mean()), 4),
        on_course_came=share(half[chance >= rule.on_course]) if (chance >= rule.on_course).any() else None,
        unlikely_came=share(half[chance <= rule.unlikely]) if (chance <= rule.unlikely).any() else None,
    )


def auc(score: FloatArray, yes: Array) -> float:
    """P(a score with yes is above one without), ties halved."""
    order = np.argsort(score, kind="stable")
    ranks = np.empty(len(score))
    ranks[order] = np.arange(1, len(score) + 1)
    positive = int(yes.sum())
    negative = len(yes) - positive
    return float((ranks[yes].sum() - positive * (positive + 1) / 2) / (positive * negative))


def _responding(base: float, effect: FloatArray) -> Level:
    """Levels whose √ falls by each person's effect in the end."""

    def level(weeks: FloatArray) -> FloatArray:
        risen = np.where(weeks > 0, 1 - np.exp(-np.maximum(weeks, 0) / COURSE_WEEKS), 0.0)
        return np.asarray(base * np.maximum(0, 1 - effect[:, None] * risen) ** 2)

    return level
