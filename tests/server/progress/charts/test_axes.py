from datetime import date
from itertools import pairwise

import pytest

from server.progress.charts.axes import CountAxis, TimeAxis

AXIS = TimeAxis(date(2026, 1, 5), date(2026, 3, 30), 30.0, 330.0)


@pytest.mark.parametrize(
    ("highest", "top"),
    [(0, 4), (3, 4), (4, 4), (7, 8), (23, 25), (61, 80), (100, 100), (101, 150), (999, 1000)],
)
def test_a_count_axis_ends_at_a_round_number_above_the_highest_count(highest: int, top: int) -> None:
    axis = CountAxis.reaching(highest, 0, 100)
    assert axis.top == top
    assert axis.ticks()[0] == 0 and axis.ticks()[-1] == top


def test_a_count_axis_starts_at_zero() -> None:
    axis = CountAxis.reaching(40, 10, 110)
    assert axis.y(0) == 110 and axis.y(axis.top) == 10


def test_days_lie_in_proportion_to_time() -> None:
    assert AXIS.x(date(2026, 1, 5)) == 30
    assert AXIS.x(date(2026, 2, 16)) == 180
    assert AXIS.x(date(2026, 3, 30)) == 330


def test_days_outside_the_axis_are_drawn_at_its_ends() -> None:
    assert AXIS.x(date(2020, 1, 1)) == 30
    assert AXIS.x(date(2030, 1, 1)) == 330


@pytest.mark.parametrize("years", [1, 3, 9, 90, 7000])
def test_week_labels_never_crowd(years: int) -> None:
    axis = TimeAxis(date(2020, 1, 1), date(2020 + years, 1, 1), 30, 330)
    places = [axis.x(day) for _, day in axis.ticks()]
    assert len(places) >= 2
    assert all(later - earlier >= 50 for earlier, later in pairwise(places))
