"""Where a date and a count lie on the paper, and which of them get a label."""

import math
from dataclasses import dataclass
from datetime import date, timedelta

_WEEK_STEPS = (1, 2, 4, 8, 13, 26, 52, 104, 208)


@dataclass(frozen=True)
class TimeAxis:
    """Dates from left to right; `first` is the day that weeks are counted from."""

    first: date
    last: date
    left_px: float
    right_px: float

    def x(self, day: date) -> float:
        """Return the horizontal place of a day, kept within the axis."""
        days = max(1, (self.last - self.first).days)
        share = (min(max(day, self.first), self.last) - self.first).days / days
        return self.left_px + share * (self.right_px - self.left_px)

    def ticks(self, apart_px: float = 64.0) -> list[tuple[int, date]]:
        """Return (week, day) pairs at whole weeks, at least `apart_px` from each other."""
        weeks = (self.last - self.first).days // 7
        room = max(1, int((self.right_px - self.left_px) / apart_px))
        step = next((step for step in _WEEK_STEPS if weeks / step <= room), math.ceil(weeks / room))
        return [(week, self.first + timedelta(weeks=week)) for week in range(0, weeks + 1, step)]


@dataclass(frozen=True)
class CountAxis:
    """Counts from bottom to top, from zero: a cut axis would exaggerate a change."""

    top: int
    top_px: float
    bottom_px: float

    @classmethod
    def reaching(cls, highest: float, top_px: float, bottom_px: float) -> "CountAxis":
        """Return an axis whose top is the next round number at or above `highest`."""
        step = _round_step(max(highest, 4.0))
        return cls(step * math.ceil(max(highest, 4.0) / step), top_px, bottom_px)

    def y(self, count: float) -> float:
        """Return the vertical place of a count."""
        return self.bottom_px - min(count, self.top) / self.top * (self.bottom_px - self.top_px)

    def ticks(self) -> list[int]:
        """Return the labelled counts, zero and the top among them."""
        return list(range(0, self.top + 1, _round_step(self.top)))


def _round_step(highest: float) -> int:
    """Return the 1, 2 or 5 times a power of ten that gives two to five steps up to `highest`."""
    for exponent in range(9):
        for lead in (1, 2, 5):
            if highest / (lead * 10**exponent) <= 5:
                return int(lead * 10**exponent)
    raise ValueError(f"a count axis up to {highest:g} is not a count of lesions")
