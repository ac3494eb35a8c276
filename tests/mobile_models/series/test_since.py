"""Two times of a series are compared by their joint distribution; the best is where the smoothed level is lowest."""

from dataclasses import replace

import numpy as np
import pytest

from mobile_models.series.constants import Constants
from mobile_models.series.follow import follow
from mobile_models.series.kalman import EFFECTS, Filter, Setting
from mobile_models.series.since import best, since, smoothed_levels
from mobile_models.series.visits import Visit
from mobile_models.tables import change_table

CONSTANTS = replace(Constants.from_manifest(change_table()), sem=0.45)
COUNTS = [20, 21, 19, 15, 10, 7, 5, 4, 6, 5, 7, 9, 12, 15, 18, 20]
VISITS = [Visit(week - 2, count) for week, count in enumerate(COUNTS)]


def by_regression(visits, changes, setting):
    """[visits] mean and [visits, visits] variance of √levels given all visits, in one step and without a filter."""
    filter_ = Filter(CONSTANTS, setting)
    n, weeks = len(visits), [visit.week for visit in visits]
    level_seen, total = setting.typical, []
    running = Filter(CONSTANTS, setting)
    for visit in visits:
        c = CONSTANTS
        rate = c.turnover * (c.rate_variation * level_seen) ** 2
        total.append(c.turnover + rate)
        running.update(visit)
        level_seen = running.level_seen
    basis = np.array([[1, *(-share for share in _reached(filter_, week))] for week in weeks])
    spread = (CONSTANTS.dynamics.spread * setting.typical) ** 2
    prior = np.diag([CONSTANTS.base_sd**2, *(spread for _ in changes)])
    after = np.maximum(0, np.array(weeks) - setting.start)
    walk = CONSTANTS.dynamics.walk * np.minimum.outer(after, after)
    level = basis @ prior @ basis.T + walk
    fluctuation = np.zeros((n, n))
    for i in range(n):
        fluctuation[i, i] = total[i] if i == 0 else 0
    for i in range(1, n):
        passed = weeks[i] - weeks[i - 1]
        rate = total[i] - CONSTANTS.turnover
        share = (
            CONSTANTS.turnover * np.exp(-passed / CONSTANTS.turnover_weeks)
            + rate * np.exp(-passed / CONSTANTS.rate_weeks)
        ) / total[i]
        fluctuation[i, :i] = fluctuation[:i, i] = share * fluctuation[i - 1, :i]
        fluctuation[i, i] = share**2 * fluctuation[i - 1, i - 1] + total[i] * (1 - share**2)
    seen = level + fluctuation + np.diag([CONSTANTS.sem**2 / visit.frames for visit in visits])
    mean = CONSTANTS.base_mean * np.ones(n)
    gain = level @ np.linalg.inv(seen)
    roots = np.sqrt([visit.count for visit in visits])
    return mean + gain @ (roots - mean), level - gain @ level


def _reached(filter_, week):
    return filter_.reached(week)


@pytest.fixture(scope="module")
def regression():
    return by_regression(VISITS, [0], Setting.of(VISITS, [0]))


def test_smoothed_levels_are_those_of_one_regression_on_all_visits(regression):
    assert smoothed_levels(VISITS, CONSTANTS, Setting.of(VISITS, [0])) == pytest.approx(regression[0], abs=1e-9)


def test_change_since_a_visit_is_that_of_the_regression(regression):
    mean, variance = regression
    for place in (4, 8, 12):
        expected = (mean[place] - mean[-1]) / np.sqrt(
            variance[place, place] + variance[-1, -1] - 2 * variance[place, -1]
        )
        change = since(VISITS, [VISITS[place].week], [0], constants=CONSTANTS)[0]
        assert change.trend == pytest.approx(expected, abs=1e-9)


def test_since_the_start_is_what_the_filter_says():
    state, change = follow(VISITS, [0], constants=CONSTANTS)[-1], since(VISITS, [0], [0], constants=CONSTANTS)[0]
    assert (change.face, change.trend) == pytest.approx((state.face, state.trend))


def test_several_times_are_compared_in_the_order_asked_for():
    both = since(VISITS, [6, 0], [0], constants=CONSTANTS)
    assert [change.week for change in both] == [6, 0]
    assert both == [since(VISITS, [week], [0], constants=CONSTANTS)[0] for week in (6, 0)]


def test_the_best_is_the_lowest_level_and_never_one_low_photo():
    noisy = [Visit(week, count) for week, count in enumerate([12, 12, 11, 2, 12, 11, 9, 8, 7, 6, 6])]
    assert best(noisy, constants=CONSTANTS) != 3
    assert best(VISITS, [0], constants=CONSTANTS) == 6


def test_a_state_holds_its_parts_in_this_order():
    assert len(Filter(CONSTANTS, Setting.of(VISITS, [0, 3], [5])).mean) == EFFECTS + 3
