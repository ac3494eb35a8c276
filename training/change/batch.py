"""The filter of `mobile_models.series` for many people at once, who have the same weeks and may have missed some.

It is held to that filter by a test; nothing else may use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mobile_models.lesions import FloatArray
from mobile_models.series.constants import Constants, Dynamics
from mobile_models.series.follow import NOTHING
from mobile_models.series.kalman import EFFECTS, F_START, L0, F, W
from training.array import Array


@dataclass(frozen=True)
class Followed:
    """What is said at each visit, [people, visits] each; NaN at missed ones. z is above 0 for fewer lesions.

    Attributes:
        best: z of the level now against that at the best; only where it was remembered, as is all that follows.
        looked: the same against the visit that many before, see `follow_many`.
        face_best, face_looked: z of the number on the face against then.
        best_visit, looked_visit: places of the visits compared with; -1 where there is none.
        face_looked_next: as `face_looked` against the visit that the next one will be compared with, `next_visit`.
    """

    face: FloatArray
    trend: FloatArray
    half: FloatArray
    change: FloatArray
    change_sd: FloatArray
    face_change: FloatArray
    face_change_sd: FloatArray
    surprise: FloatArray
    best: FloatArray
    looked: FloatArray
    face_best: FloatArray
    face_looked: FloatArray
    face_looked_next: FloatArray
    best_visit: FloatArray
    looked_visit: FloatArray
    next_visit: FloatArray


class Filters:
    """Mean [people, n] and variance [people, n, n] of everyone's state."""

    def __init__(
        self,
        weeks: FloatArray,
        counts: FloatArray,
        changes: Sequence[float],
        constants: Constants,
        dynamics: Dynamics,
        remembered: int = 0,
    ) -> None:
        people = len(counts)
        self.constants, self.dynamics = constants, dynamics
        self.present, self.roots = np.isfinite(counts), np.sqrt(np.nan_to_num(counts))
        self.changes = [change for change in sorted(changes) if change <= weeks[-1]]
        self.first = weeks[self.present.argmax(axis=1)]
        self.start = self._start(weeks)
        before = self.present & (weeks <= self.start[:, None])
        typical = np.maximum(1, (self.roots * before).sum(axis=1) / before.sum(axis=1))
        self.known = self.active = EFFECTS + len(self.changes)
        size = self.known + 2 * remembered
        self.mean, self.variance = np.zeros((people, size)), np.zeros((people, size, size))
        self.mean[:, L0], self.variance[:, L0, L0] = constants.base_mean, constants.base_sd**2
        spread = np.maximum(dynamics.spread * typical, dynamics.spread_at_least)
        for effect in range(EFFECTS, self.known):
            self.mean[:, effect] = dynamics.effect * typical
            self.variance[:, effect, effect] = spread**2
        self.level_seen, self.seen = typical, np.zeros(people, dtype=int)
        self.week, self.surprise = self.first.copy(), np.zeros(people)

    def predict(self, week: float, who: Array | None = None) -> None:
        """Move everyone, or some, to a week."""
        c = self.constants
        who = np.ones(len(self.mean), dtype=bool) if who is None else who
        rate = c.turnover * (c.rate_variation * self.level_seen) ** 2
        total, passed = c.turnover + rate, week - self.week
        kept = (c.turnover * np.exp(-passed / c.turnover_weeks) + rate * np.exp(-passed / c.rate_weeks)) / total
        kept = np.where(who, np.where(self.seen > 0, kept, 0.0), 1.0)
        after_start = np.maximum(0, week - np.maximum(self.week, self.start)) * (self.seen > 0) * who
        self.variance[:, W, W] += self.dynamics.walk * after_start
        self.mean[:, F] *= kept
        self.variance[:, F, : self.active] *= kept[:, None]
        self.variance[:, : self.active, F] *= kept[:, None]
        self.variance[:, F, F] += np.where(who, total * (1 - kept**2), 0.0)
        self.week = np.where(who, week, self.week)

    def update(self, visit: int, week: float, frames: float) -> None:
        """Take in a visit of those who did not miss it."""
        c, here = self.constants, self.present[:, visit]
        self.predict(week, here)
        sees = self.contrast(base=1.0, ups_and_downs=1.0)
        variance = self.variance[:, : self.active, : self.active]
        along = np.einsum("nij,nj->ni", variance[:, :, : self.known], sees)
        scatter = (along[:, : self.known] * sees).sum(axis=1) + c.sem**2 / frames
        innovation = self.roots[:, visit] - (sees * self.mean[:, : self.known]).sum(axis=1)
        self.surprise = innovation / np.sqrt(scatter)
        self.seen = self.seen + here
        times = np.maximum(1.0, (self.surprise / c.robust_beyond) ** 2)
        scatter = scatter * np.where(self.seen >= c.robust_from, times, 1.0)
        gain = np.where(here[:, None], along / scatter[:, None], 0.0)
        self.mean[:, : self.active] += gain * innovation[:, None]
        variance -= gain[:, :, None] * along[:, None, :]
        self.copy(F, F_START, here & (week <= self.start))
        level = (self.contrast(base=1.0) * self.mean[:, : self.known]).sum(axis=1)
        self.level_seen = np.where(here, np.maximum(1.0, level), self.level_seen)

    def keep(self, who: Array) -> int:
        """Carry W and F as they are now along, and return the place of the former; the latter follows it."""
        place = self.active
        self.active += 2
        for source, target in ((W, place), (F, place + 1)):
            self.copy(source, target, who)
        return place

    def copy(self, source: int, target: int, who: Array) -> None:
        """Put one part of the state of some people in the place of another."""
        self.mean[who, target] = self.mean[who, source]
        self.variance[who, target, :] = self.variance[who, source, :]
        self.variance[who, :, target] = self.variance[who, :, source]
        self.variance[who, target, target] = self.variance[who, source, source]

    def reached(self) -> FloatArray:
        """[people, changes] share of each change's effect."""
        shares = [self._risen(self.week - change) - self._risen(self.first - change) for change in self.changes]
        return np.stack(shares, axis=1) if shares else np.zeros((len(self.mean), 0))

    def contrast(self, base: float = 0.0, ups_and_downs: float = 0.0, at_start: float = 0.0) -> FloatArray:
        """[people, n] weights as in `Filter.contrast`, of what is not carried along."""
        weights = np.zeros((len(self.mean), self.known))
        weights[:, :EFFECTS] = (base, 1.0, ups_and_downs, at_start)
        weights[:, EFFECTS:] = -self.reached()
        return weights

    def measure(self, contrast: FloatArray, places: Array | None = None) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of each person's contrast; `places` [people, n] are those that it is of."""
        everyone = np.arange(len(contrast))
        if places is None:
            mean, variance = self.mean[:, : self.known], self.variance[:, : self.known, : self.known]
        else:
            mean = self.mean[everyone[:, None], places]
            variance = self.variance[everyone[:, None, None], places[:, :, None], places[:, None, :]]
        spread = np.einsum("ni,nij,nj->n", contrast, variance, contrast, optimize=True)
        return (contrast * mean).sum(axis=1), np.sqrt(np.maximum(0, spread))

    def z(self, contrast: FloatArray, places: Array | None = None) -> FloatArray:
        """[people] above 0 for fewer lesions."""
        mean, deviation = self.measure(contrast, places)
        return np.where(deviation > NOTHING, -mean / np.maximum(deviation, NOTHING), 0.0)

    def _start(self, weeks: FloatArray) -> FloatArray:
        within = [np.where(change >= self.first, change, np.inf) for change in self.changes]
        earliest = np.min(within, axis=0) if within else np.full(len(self.first), np.inf)
        before = self.present & (weeks <= earliest[:, None])
        latest = np.where(before, weeks, -np.inf).max(axis=1)
        return np.where(np.isfinite(earliest), latest, self.first)

    def _risen(self, weeks: FloatArray) -> FloatArray:
        return np.where(weeks > 0, 1 - np.exp(-np.maximum(weeks, 0) / self.dynamics.course_weeks), 0.0)


def follow_many(
    weeks: FloatArray,
    counts: FloatArray,
    changes: Sequence[float],
    constants: Constants,
    *,
    frames: float = 1.0,
    remember: bool = False,
    looked: int = 4,
) -> Followed:
    """States of everyone; with `remember` also against the best level and against the visit `looked` visits before."""
    remembered = len(weeks) if remember else 0
    filters = Filters(weeks, counts, changes, constants, constants.dynamics, remembered)
    said = {name: np.full(counts.shape, np.nan) for name in Followed.__dataclass_fields__}
    reached = np.zeros((len(counts), len(weeks), len(filters.changes)))
    for visit, week in enumerate(weeks):
        filters.update(visit, float(week), frames)
        here = filters.present[:, visit]
        trend, face = filters.contrast(), filters.contrast(ups_and_downs=1.0, at_start=-1.0)
        now = {"face": filters.z(face), "trend": filters.z(trend), "surprise": filters.surprise}
        now["half"] = filters.z(filters.contrast(base=1 - np.sqrt(0.5)))
        now["change"], now["change_sd"] = filters.measure(trend)
        now["face_change"], now["face_change_sd"] = filters.measure(face)
        if remember:
            filters.keep(here)
            reached[:, visit] = filters.reached()
            best, earlier = _best(filters, weeks, reached, visit), _looked(filters.present, visit, looked)
            coming = _looked(filters.present, visit, looked - 1)
            now |= {"best_visit": best, "looked_visit": earlier, "next_visit": coming}
            now["best"], now["looked"] = (_since(filters, one, reached) for one in (best, earlier))
            for name, earlier_visit in (("face_best", best), ("face_looked", earlier), ("face_looked_next", coming)):
                now[name] = _since(filters, earlier_visit, reached, face=1.0)
        for name, value in now.items():
            said[name][:, visit] = np.where(here, value, np.nan)
    return Followed(**said)


def look_back_many(
    weeks: FloatArray, counts: FloatArray, constants: Constants, *, frames: float = 1.0
) -> tuple[FloatArray, FloatArray]:
    """z and week of the clearest recent change, [people, visits]; z is 0 where there is none."""
    rule = constants.recent
    clearest, since = np.zeros(counts.shape), np.full(counts.shape, np.nan)
    for visit, week in enumerate(weeks):
        for back in rule.back:
            restart = week - back
            window = (weeks >= restart - rule.run_in) & (np.arange(len(weeks)) <= visit)
            whole = np.isfinite(counts[:, window & (weeks <= restart)]).any(axis=1) & np.isfinite(counts[:, visit])
            if not whole.any():
                continue
            filters = Filters(weeks[window], counts[whole][:, window], [restart], constants, rule.dynamics)
            for place, then in enumerate(weeks[window]):
                filters.update(place, float(then), frames)
            z = np.zeros(len(counts))
            z[whole] = filters.z(filters.contrast())
            clearer = np.abs(z) > np.abs(clearest[:, visit])
            clearest[clearer, visit], since[clearer, visit] = z[clearer], restart
    return clearest, since


def _best(filters: Filters, weeks: FloatArray, reached: FloatArray, visit: int) -> Array:
    effects = filters.mean[:, EFFECTS : filters.known]
    levels = filters.mean[:, filters.known : filters.active : 2] - np.einsum(
        "nvc,nc->nv", reached[:, : visit + 1], effects
    )
    known = filters.present[:, : visit + 1] & (weeks[: visit + 1] >= filters.start[:, None])
    value: Array = np.where(known, levels, np.inf).argmin(axis=1)
    return value


def _looked(present: Array, visit: int, looked: int) -> Array:
    numbers = np.where(present[:, : visit + 1], np.arange(visit + 1), -1)
    value: Array = np.where(numbers <= visit - looked, numbers, -1).max(axis=1)
    return value


def _since(filters: Filters, visit: Array, reached: FloatArray, face: float = 0.0) -> FloatArray:
    """z of the level, or with `face` 1 of the number on the face, against an earlier visit; 0 where that is none."""
    everyone, then = np.arange(len(visit)), np.maximum(visit, 0)
    contrast = filters.contrast(ups_and_downs=face)
    contrast[:, EFFECTS:] += reached[everyone, then]
    kept = np.stack([filters.known + 2 * then, filters.known + 2 * then + 1], axis=1)
    places = np.concatenate([np.broadcast_to(np.arange(filters.known), contrast.shape), kept], axis=1)
    contrast = np.concatenate([contrast, np.broadcast_to([-1.0, -face], kept.shape)], axis=1)
    return np.where(visit >= 0, filters.z(contrast, places), 0.0)
