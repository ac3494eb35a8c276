"""The Kalman filter behind every statement on change, in plain loops so that each port can follow it line by line.

    √count = L0 + W + F − Σ B·g(t − t_c) + Σ O + e,   g(t) = 1 − exp(−t / course_weeks) for t > 0, else 0

L0 the base, W a random walk after the start, F the ups and downs of lesions being born and healing, B one effect for
each start and stop of a course, O one offset for each model whose predecessor's photos were not assessed again, e
what the photo adds. The state is [L0, W, F, F at the start, B…, O…] and, behind these, W and F of visits kept.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from operator import mul

from mobile_models.series.constants import Constants, Dynamics
from mobile_models.series.visits import Visit

L0, W, F, F_START, EFFECTS = range(5)
Vector = list[float]
Matrix = list[Vector]


@dataclass(frozen=True)
class Setting:
    """What is known before the first step.

    Attributes:
        first: week of the first visit.
        start: week of the visit that change is measured from.
        typical: mean √count of the visits up to the start, at least 1.
        changes: weeks in which a treatment was started or stopped.
        breaks: weeks from which on another model counted.
    """

    first: float
    start: float
    typical: float
    changes: tuple[float, ...]
    breaks: tuple[float, ...]

    @classmethod
    def of(
        cls,
        visits: Sequence[Visit],
        changes: Collection[float] = (),
        breaks: Collection[float] = (),
        unentered: Collection[float] = (),
    ) -> Setting:
        """The start is the last visit at or before the first change within the record, else the first visit.

        Changes after the latest visit are left out; those in `unentered` were not entered, and move no start.
        """
        first, last = visits[0].week, visits[-1].week
        within = [week for week in changes if first <= week <= last]
        start = max(visit.week for visit in visits if visit.week <= min(within)) if within else first
        before = [math.sqrt(visit.count) for visit in visits if visit.week <= start]
        known = sorted(week for week in (*changes, *unentered) if week <= last)
        typical = max(1.0, sum(before) / len(before))
        return cls(first, start, typical, tuple(known), tuple(sorted(week for week in breaks if week <= last)))


@dataclass(frozen=True)
class Step:
    """What one visit did to the filter, for looking back.

    Attributes:
        week: the visit's.
        sees: contrast that the photo measures.
        mean, variance: of the state just before.
        pull: innovation over its variance.
        along: variance · sees.
        scatter: variance of the innovation, made larger where the visit was a surprise.
        share_left: share of F that is left since the visit before.
        at_start: whether F was copied as F at the start.
    """

    week: float
    sees: Vector
    mean: Vector
    variance: Matrix
    pull: float
    along: Vector
    scatter: float
    share_left: float
    at_start: bool


class Filter:
    """Mean and variance of the state after the visits taken in so far."""

    def __init__(
        self, constants: Constants, setting: Setting, dynamics: Dynamics | None = None, *, remember: bool = False
    ) -> None:
        self.constants, self.setting = constants, setting
        self.dynamics = dynamics or constants.dynamics
        size = EFFECTS + len(setting.changes) + len(setting.breaks)
        self.mean: Vector = [constants.base_mean] + [0.0] * (size - 1)
        self.variance: Matrix = [[0.0] * size for _ in range(size)]
        self.variance[L0][L0] = constants.base_sd**2
        for effect in range(EFFECTS, EFFECTS + len(setting.changes)):
            self.mean[effect] = self.dynamics.effect * setting.typical
            spread = max(self.dynamics.spread * setting.typical, self.dynamics.spread_at_least)
            self.variance[effect][effect] = spread**2
        for offset in range(EFFECTS + len(setting.changes), size):
            self.variance[offset][offset] = constants.break_sd**2
        self.seen = 0
        self.week = setting.first
        self.level_seen = setting.typical
        self.surprise = 0.0
        self.steps: list[Step] | None = [] if remember else None

    def predict(self, week: float) -> float:
        """Move the state to a week, and return the share of F that is left then."""
        c = self.constants
        rate = c.turnover * (c.rate_variation * self.level_seen) ** 2
        total = c.turnover + rate
        share_left = 0.0
        if self.seen:
            passed = week - self.week
            share_left = (
                c.turnover * math.exp(-passed / c.turnover_weeks) + rate * math.exp(-passed / c.rate_weeks)
            ) / total
            after_start = max(0.0, week - max(self.week, self.setting.start))
            self.variance[W][W] += self.dynamics.walk * after_start
        self.mean[F] *= share_left
        for row in self.variance:
            row[F] *= share_left
        self.variance[F] = [value * share_left for value in self.variance[F]]
        self.variance[F][F] += total * (1 - share_left * share_left)
        self.week = week
        return share_left

    def update(self, visit: Visit) -> None:
        """Take in a visit, later than those before."""
        c = self.constants
        share_left = self.predict(visit.week)
        sees = self.sees()
        if self.steps is not None:
            before = self.mean[:], [row[:] for row in self.variance]
        along = [sum(map(mul, row, sees)) for row in self.variance]
        scatter = sum(map(mul, along, sees)) + c.sem**2 / visit.frames
        innovation = math.sqrt(visit.count) - sum(map(mul, sees, self.mean))
        self.surprise = innovation / math.sqrt(scatter)
        self.seen += 1
        if self.seen >= c.robust_from and self.surprise**2 > c.robust_beyond**2:
            scatter *= self.surprise**2 / c.robust_beyond**2
        for i, reach in enumerate(along):
            gain = reach / scatter
            self.mean[i] += gain * innovation
            self.variance[i] = [value - gain * other for value, other in zip(self.variance[i], along, strict=True)]
        at_start = visit.week <= self.setting.start
        if at_start:
            self._copy(F, F_START)
        self.level_seen = max(1.0, sum(map(mul, self.level(), self.mean)))
        if self.steps is not None:
            self.steps.append(
                Step(visit.week, sees, *before, innovation / scatter, along, scatter, share_left, at_start)
            )

    def augment(self) -> tuple[int, int]:
        """Carry W and F as they are now along, and return where in the state they are kept."""
        size = len(self.mean)
        for source in (W, F):
            self.mean.append(0.0)
            for row in self.variance:
                row.append(0.0)
            self.variance.append([0.0] * len(self.mean))
            self._copy(source, len(self.mean) - 1)
        return size, size + 1

    def level(self) -> Vector:
        """Contrast of the level behind the ups and downs, by the model that counted first."""
        return self.contrast(base=1.0)

    def sees(self) -> Vector:
        """What a photo taken now is a measurement of."""
        contrast = self.contrast(base=1.0, ups_and_downs=1.0)
        for place, week in enumerate(self.setting.breaks, EFFECTS + len(self.setting.changes)):
            contrast[place] = 1.0 if self.week >= week else 0.0
        return contrast

    def reached(self, week: float) -> Vector:
        """Share of each change's effect that is reached at a week; those before the first visit count from there."""
        first = self.setting.first
        return [self._risen(week - change) - self._risen(first - change) for change in self.setting.changes]

    def measure(self, contrast: Vector) -> tuple[float, float]:
        """Mean and standard deviation of a contrast of the state."""
        mean = sum(map(mul, contrast, self.mean))
        variance = sum(
            weight * sum(map(mul, contrast, row)) for weight, row in zip(contrast, self.variance, strict=True) if weight
        )
        return mean, math.sqrt(max(0.0, variance))

    def contrast(self, base: float = 0.0, ups_and_downs: float = 0.0, at_start: float = 0.0) -> Vector:
        """W − Σ B·g now, with these weights of the base, of F and of F at the start added."""
        rest = [0.0] * (len(self.mean) - EFFECTS - len(self.setting.changes))
        return [base, 1.0, ups_and_downs, at_start, *(-share for share in self.reached(self.week)), *rest]

    def _risen(self, weeks: float) -> float:
        return 1 - math.exp(-weeks / self.dynamics.course_weeks) if weeks > 0 else 0.0

    def _copy(self, source: int, target: int) -> None:
        self.mean[target] = self.mean[source]
        self.variance[target] = self.variance[source][:]
        for row in self.variance:
            row[target] = row[source]
