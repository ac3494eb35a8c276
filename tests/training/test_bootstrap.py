"""Intervals by resampling groups of photos."""

import numpy as np

from training.bootstrap import FEWEST, Figure, draws, interval, mean_of


def test_photos_of_one_group_are_drawn_together():
    times = draws(["a", "b", "a", "c"], repeats=50)
    assert (times[:, 0] == times[:, 2]).all()
    assert (times[:, [0, 1, 3]].sum(axis=1) == 3).all()


def test_the_interval_of_a_mean_is_that_of_its_standard_error():
    values = np.random.default_rng(0).normal(5, 2, 400)
    figure = interval(mean_of(values), [str(k) for k in range(400)])
    assert figure.n == 400
    assert np.isclose(figure.value, values.mean(), atol=1e-4)
    assert np.isclose(figure.high - figure.low, 2 * 1.96 * 0.1, rtol=0.2)


def test_photos_in_few_groups_give_a_wider_interval_than_as_many_single_photos():
    values = np.repeat(np.random.default_rng(1).normal(0, 1, 20), 20)
    single = interval(mean_of(values), [str(k) for k in range(400)])
    grouped = interval(mean_of(values), [str(k // 20) for k in range(400)])
    assert grouped.high - grouped.low > 3 * (single.high - single.low)


def test_few_photos_and_a_value_that_is_none_are_not_established():
    few = FEWEST - 1
    assert interval(mean_of(np.ones(few)), ["a"] * few) == Figure(n=few)
    assert interval(lambda times: float("nan"), [str(k) for k in range(50)]) == Figure(n=50)
    assert interval(mean_of([]), []) == Figure(n=0)


def test_a_mean_leaves_out_what_is_not_known():
    mean = mean_of([1.0, float("nan"), 4.0])
    assert mean(np.array([1, 1, 1])) == 2.5
    assert mean(np.array([2, 5, 1])) == 2.0
    assert np.isnan(mean(np.array([0, 3, 0])))
