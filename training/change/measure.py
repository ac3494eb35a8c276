"""Power, false alarms, delay, coverage and calibration of the verdicts on simulated people, as the card shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np

from mobile_models.lesions import FloatArray
from mobile_models.series.constants import Constants
from training.array import Array
from training.change.asked import START, STARTS, Asked, rng_of, share
from training.change.batch import Followed, follow_many, look_back_many
from training.change.figures import ChangeFigures, Coverage, Delay, Power, Relapse, Stable
from training.change.outlooks import outlooks
from training.change.people import Camera, Seen, Skin, course, simulate, steady
from training.change.rules import mean_of_three, pairwise

WEEK_12 = (*STARTS, *map(float, range(1, 13)))
YEAR = (*STARTS, *map(float, range(1, 53)))
BASES = (5, 10, 20, 40)
FALLS = (0.25, 0.5, 0.75)
RELAPSES = (12.0, 20.0, 26.0)


def measure(constants: Constants, asked: Asked) -> ChangeFigures:
    """Everything the card says of change, and what it rests on."""
    constants = replace(constants, sem=asked.sem)
    return ChangeFigures(
        asked=asked,
        power=power(constants, asked),
        stable=[
            stable(constants, asked, base, skin=Skin(rate_variation=variation), camera=Camera(asked.sem, spoilt))
            for base in BASES
            for variation, spoilt in ((0.2, 0.0), (0.3, 0.0), (0.2, 0.05))
        ],
        missed=stable(constants, asked, 20, camera=Camera(asked.sem, missed=0.3)),
        noisier=stable(constants, asked, 20, camera=Camera(0.62)),
        relapse=[relapse(constants, asked, stopped) for stopped in RELAPSES],
        coverage=coverage(constants, asked),
        outlook=outlooks(constants, asked),
    )


def power(constants: Constants, asked: Asked, bases: Sequence[int] = BASES[1:]) -> list[Power]:
    """Shares of people in whom a fall by week 12 is said, by rule, and how long the clearest statement takes."""
    limits, rows = constants.said_at, []
    alone = _honest(constants, asked)
    for base in bases:
        for fall in FALLS:
            seen = simulate(
                asked.people, WEEK_12, course(base, fall), rng_of(asked, base, fall), Skin(), Camera(asked.sem)
            )
            followed = follow_many(seen.weeks, seen.counts, [0.0], constants)
            pair, mean = pairwise(seen.counts, START, asked.sem), mean_of_three(seen.counts, START)
            rows.append(
                Power(
                    base=base,
                    fall=fall,
                    pairwise=share(pair[:, -1] > 1),
                    pairwise_honest=share(pair[:, -1] > alone["pairwise"]),
                    mean_of_three_honest=share(mean[:, -1] > alone["mean_of_three"]),
                    face_probably=share(followed.face[:, -1] > limits.probably),
                    face=share(running(followed.face, limits.face)[:, -1]),
                    trend_likely=share(followed.trend[:, -1] > limits.likely),
                    trend_clearly=share(followed.trend[:, -1] > limits.clearly),
                    half=share(_half(followed, constants)[:, -1]),
                    weeks_to_face=_first_week(seen, running(followed.face, limits.face)),
                    weeks_to_clearly=_first_week(seen, followed.trend > limits.clearly),
                )
            )
    return rows


def stable(
    constants: Constants, asked: Asked, base: int, skin: Skin | None = None, camera: Camera | None = None
) -> Stable:
    """Shares of stable people, looked at weekly for a year, of whom something false is said at least once.

    `any` is what a page says without a hedge: fewer or more on the face with the wrong sign and a trend called clear,
    each since the start, the best or the look four weeks before, half or fewer, a recent change, or a relapse. What is
    only called probable or likely is given apart.
    """
    skin, camera, limits = skin or Skin(), camera or Camera(asked.sem), constants.said_at
    seen = simulate(
        asked.people, YEAR, steady(base), rng_of(asked, base, skin.rate_variation, camera.spoilt), skin, camera
    )
    followed = follow_many(seen.weeks, seen.counts, [0.0], constants, remember=True)
    recent, _ = look_back_many(seen.weeks, seen.counts, constants)
    pair = pairwise(seen.counts, START, asked.sem)
    change = np.sqrt(seen.lesions) - np.sqrt(seen.lesions[:, [START]])
    later = np.arange(len(YEAR)) > START
    statements = {
        "face_wrong": _wrong(running(followed.face, limits.face), change)
        | _wrong(running(-followed.face, limits.face), -change),
        "trend_clearly": np.abs(followed.trend) > limits.clearly,
        "since_best": followed.best < -constants.said_at.since,
        "since_looked": np.abs(followed.looked) > limits.since,
        "recent": np.abs(recent) > limits.recent,
        "relapse": _relapse(followed, constants),
        "half": _half(followed, constants),
        "face_since_wrong": _face_since_wrong(followed, np.sqrt(seen.lesions), constants.said_at.since),
    }
    hedged = {
        "probably_wrong": _wrong(followed.face > limits.probably, change)
        | _wrong(followed.face < -limits.probably, -change),
        "likely_in_a_year": np.abs(followed.trend) > limits.likely,
        "pairwise": np.abs(pair) > 1,
        "pairwise_wrong": _wrong(pair > 1, change) | _wrong(pair < -1, -change),
    }
    everything = np.any(list(statements.values()), axis=0)
    at_12 = YEAR.index(12.0)
    return Stable(
        base=base,
        **asdict(skin),
        **asdict(camera),
        **{name: share(made[:, later].any(axis=1)) for name, made in {**statements, **hedged}.items()},
        any=share(everything[:, later].any(axis=1)),
        likely_at_week_12=share(np.abs(followed.trend[:, at_12]) > limits.likely),
    )


def relapse(constants: Constants, asked: Asked, stopped: float) -> Relapse:
    """How soon the way back from 5 to 20 lesions is told when nobody entered that treatment was stopped."""
    weeks = (*STARTS, *np.arange(1.0, stopped + 13))
    seen = simulate(
        asked.people, weeks, course(20, 0.75, stopped), rng_of(asked, 20, stopped), Skin(), Camera(asked.sem)
    )
    followed = follow_many(seen.weeks, seen.counts, [0.0], constants, remember=True)
    recent, _ = look_back_many(seen.weeks, seen.counts, constants)
    after = seen.weeks > stopped
    pair = pairwise(seen.counts, START, asked.sem)
    told_by_rule = {
        "recent": recent < -constants.said_at.recent,
        "since_best": followed.best < -constants.said_at.since,
        "relapse": _relapse(followed, constants),
        "told": (recent < -constants.said_at.recent)
        | (followed.best < -constants.said_at.since)
        | _relapse(followed, constants),
        "pairwise": pair < -1,
    }
    delays = {}
    for name, made in told_by_rule.items():
        told_after = made[:, after]
        first = np.where(told_after.any(axis=1), told_after.argmax(axis=1) + 1.0, np.inf)
        median = float(np.median(first))
        delays[name] = Delay(share(first <= 8), share(first <= 12), median if np.isfinite(median) else None)
    return Relapse(stopped=stopped, **delays)


def coverage(constants: Constants, asked: Asked) -> list[Coverage]:
    """How often the 90 % intervals of change hold the true change of the number on the face and of the level."""
    rows = []
    for base in BASES[1:]:
        for fall in (0.0, *FALLS):
            seen = simulate(
                asked.people, WEEK_12, course(base, fall), rng_of(asked, base, fall, 9), Skin(), Camera(asked.sem)
            )
            followed = follow_many(seen.weeks, seen.counts, [0.0], constants)
            face = np.sqrt(seen.lesions[:, -1]) - np.sqrt(seen.lesions[:, START])
            level = np.sqrt(seen.level[:, -1]) - np.sqrt(seen.level[:, START])
            rows.append(
                Coverage(
                    base,
                    fall,
                    face=_within(face, followed.face_change[:, -1], followed.face_change_sd[:, -1]),
                    level=_within(level, followed.change[:, -1], followed.change_sd[:, -1]),
                )
            )
    return rows


def running(z: FloatArray, limit: float) -> Array:
    """[people, visits] whether z is beyond the limit on two visits running; a missed week lies between none."""
    made = np.zeros(z.shape, dtype=bool)
    before = np.zeros(len(z), dtype=bool)
    for visit in range(z.shape[1]):
        here, beyond = np.isfinite(z[:, visit]), z[:, visit] > limit
        made[:, visit] = beyond & before
        before = np.where(here, beyond, before)
    return made


def _relapse(followed: Followed, constants: Constants) -> Array:
    """Likely worse than the best on two visits running, after a fall that was clearly told."""
    limits = constants.said_at
    clearly = np.maximum.accumulate(np.nan_to_num(followed.trend) > limits.clearly, axis=1)
    fell = np.concatenate([np.zeros((len(clearly), 1), dtype=bool), clearly[:, :-1]], axis=1)
    value: Array = running(-followed.best, limits.likely) & fell
    return value


def _face_since_wrong(followed: Followed, roots: FloatArray, limit: float) -> Array:
    """Where fewer or more on the face are called since the best or the last look, with the wrong sign.

    As since the start it takes two visits running, both against the same earlier one.
    """
    wrong = np.zeros(roots.shape, dtype=bool)
    everyone, latest = np.arange(len(roots)), np.full(len(roots), -1)
    for visit in range(roots.shape[1]):
        here = np.isfinite(followed.face[:, visit])
        for z, before, then, then_before in (
            (followed.face_best, followed.face_best, followed.best_visit, followed.best_visit),
            (followed.face_looked, followed.face_looked_next, followed.looked_visit, followed.next_visit),
        ):
            now, earlier = z[:, visit], before[everyone, latest]
            place = np.where(here, then[:, visit], -1).astype(int)
            same = here & (latest >= 0) & (place >= 0) & (place == then_before[everyone, latest])
            change = roots[:, visit] - roots[everyone, place]
            fewer, more = np.minimum(now, earlier) > limit, np.maximum(now, earlier) < -limit
            wrong[:, visit] |= same & ((fewer & (change >= 0)) | (more & (change <= 0)))
        latest = np.where(here, visit, latest)
    return wrong


def _half(followed: Followed, constants: Constants) -> Array:
    from scipy.stats import norm

    reached = running(followed.half, float(norm.ppf(constants.said_at.half)))
    value: Array = reached & (followed.trend > constants.said_at.clearly)
    return value


def _honest(constants: Constants, asked: Asked) -> dict[str, float]:
    """The limits at which the simpler rules say something false of 5 % of stable people in a year."""
    limits: dict[str, list[float]] = {"pairwise": [], "mean_of_three": []}
    for base in BASES[1:]:
        seen = simulate(asked.people, YEAR, steady(base), rng_of(asked, base, 5), Skin(), Camera(asked.sem))
        for name, z in (
            ("pairwise", pairwise(seen.counts, START, asked.sem)),
            ("mean_of_three", mean_of_three(seen.counts, START)),
        ):
            limits[name].append(float(np.quantile(np.abs(z[:, START + 1 :]).max(axis=1), 0.95)))
    return {name: float(np.mean(some)) for name, some in limits.items()}


def _wrong(fewer: Array, change: FloatArray) -> Array:
    """Where fewer are called though the number did not fall."""
    return fewer & (change >= 0)


def _within(truth: FloatArray, mean: FloatArray, deviation: FloatArray) -> float:
    return share(np.abs(truth - mean) <= 1.6449 * deviation)


def _first_week(seen: Seen, made: Array) -> float | None:
    first = np.where(made.any(axis=1), seen.weeks[made.argmax(axis=1)], np.inf)
    median = float(np.median(first))
    return median if np.isfinite(median) else None
