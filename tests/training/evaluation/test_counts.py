"""Errors of counts and coverage of their intervals."""

import numpy as np
import pytest

from mobile_models.negative_binomial import central_interval, pmf
from training.bootstrap import Figure
from training.evaluation.counts import clear_figures, count_figures, covers, errors


def names(count):
    return [str(k) for k in range(count)]


def test_errors_by_hand():
    shown, annotated = np.array([3, 5, 0, 8] * 4), np.array([1, 5, 3, 8] * 4)
    figures = errors(shown, annotated, names(16))
    assert figures.MAE.value == pytest.approx(5 / 4)
    assert figures.bias.value == pytest.approx(-1 / 4)
    assert figures.RMSE.value == pytest.approx(np.sqrt(13 / 4), abs=1e-4)
    assert figures.always_the_median_MAE == pytest.approx(2.25)
    assert 0 < figures.ICC.value < 1


def test_perfect_counts_agree_fully_and_photos_all_alike_have_no_agreement():
    counts = np.arange(12)
    assert errors(counts, counts, names(12)).ICC.value == 1.0
    assert Figure(n=12) == errors(counts, np.zeros(12, dtype=int), names(12)).ICC


def test_an_interval_covers_what_lies_inside_it():
    low, high = central_interval(pmf(10.0, 0.1), 0.8)
    assert covers(10.0, 0.1, 0.8, low)
    assert covers(10.0, 0.1, 0.8, high)
    assert not covers(10.0, 0.1, 0.8, low - 1)
    assert not covers(10.0, 0.1, 0.8, high + 1)


def test_intervals_fitted_on_photos_hold_at_least_as_often_as_they_say(clinic, counted):
    # The scatter of these photos is less than a Poisson's, and no interval of a count is narrower than that.
    figures = count_figures(counted(clinic(150)))["inflammatory"]
    assert 0.8 <= figures.coverage_80.value <= figures.coverage_95.value
    assert figures.coverage_95.value >= 0.95
    assert abs(figures.bias.value) < 0.5


def test_a_group_that_was_not_boxed_has_no_error(seen, counted):
    photos = [seen([(1, 1, 5, 5, 1)], [(1, 1, 5, 5, 1, 0.9)], background=(0, 1, 1, 1)) for _ in range(12)]
    assert set(count_figures(counted(photos))) == {"inflammatory"}


def test_what_is_counted_on_a_clear_face_is_false(seen, clinic, counted):
    busy = seen([], [(10 * k, 10, 10 * k + 4, 14, 1, 0.95) for k in range(9)])
    empty = [seen() for _ in range(11)]
    photos = counted([*clinic(60), busy, *empty])[60:]
    figures = clear_figures(photos)
    assert figures.false_inflammatory.value == pytest.approx(photos[0].counts["inflammatory"].value / 12, abs=1e-4)
    assert figures.share_with_an_inflammatory.value == pytest.approx(1 / 12, abs=1e-4)
