"""Hayashi: the worse half of the face, by his bands."""

import numpy as np
import pytest
from scipy import stats

from mobile_models.grading import hayashi
from mobile_models.grading.grade import Unavailable

BANDS = ["mild", "moderate", "severe", "very severe"]


@pytest.mark.parametrize(
    ("left", "right", "value"),
    [(2, 2, "mild"), (12, 1, "moderate"), (1, 12, "moderate"), (35, 12, "severe"), (12, 80, "very severe")],
)
def test_the_worse_half_is_graded(left, right, value, face, tables):
    lesions = {"left_cheek": (0, left, 0, 0), "right_cheek": (0, 0, right, 0)}
    assert hayashi.grade(face(lesions), tables["Hayashi"]).value == value


def test_nodules_and_comedones_do_not_count(face, tables):
    result = hayashi.grade(face({"left_cheek": (90, 0, 0, 90)}), tables["Hayashi"])
    assert result.distribution == {"mild": 1.0, "moderate": 0.0, "severe": 0.0, "very severe": 0.0}


@pytest.mark.parametrize(("last", "band"), [(5, "mild"), (20, "moderate"), (50, "severe")])
def test_bands_end_where_hayashi_ends_them(last, band, face, tables):
    result = hayashi.grade(face({"left_cheek": (0, 12, 0, 0)}), tables["Hayashi"])
    at_most = sum(result.distribution[b] for b in BANDS[: BANDS.index(band) + 1])
    assert at_most == pytest.approx(stats.poisson.cdf(last, 12), abs=1e-6)


@pytest.mark.parametrize("alpha", [0.0, 0.5])
def test_the_distribution_is_the_sum_over_both_halves(alpha, face, tables):
    left, right = 9.0, 4.0
    total = left + right
    count = stats.nbinom(1 / alpha, 1 / (1 + alpha * total)) if alpha else stats.poisson(total)
    by_hand = np.zeros(4)
    for n in range(400):
        for k, p in enumerate(stats.binom.pmf(range(n + 1), n, left / total)):
            by_hand[np.searchsorted([5, 20, 50], max(k, n - k))] += count.pmf(n) * p
            if n > 200:
                break
    lesions = {"left_cheek": (0, left, 0, 0), "right_cheek": (0, right, 0, 0)}
    result = hayashi.grade(face(lesions, alpha=alpha), tables["Hayashi"])
    assert list(result.distribution.values()) == pytest.approx(by_hand.tolist(), abs=1e-5)


def test_it_needs_the_midline_of_the_guided_front_view(face, tables):
    for captured in ((), ("left_cheek", "right_cheek")):
        result = hayashi.grade(face(captured=captured), tables["Hayashi"])
        assert isinstance(result, Unavailable)
        assert "guide" in result.reason
