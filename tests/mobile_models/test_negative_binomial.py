"""The count arithmetic agrees with scipy's and with sums written out."""

import numpy as np
import pytest
from scipy import stats

from mobile_models.negative_binomial import central_interval, none, pmf, thinned

MEANS = [0.01, 0.5, 3.0, 20.0, 100.0, 300.0]
ALPHAS = [0.0, 0.05, 0.3, 1.0, 3.0]


def reference(mean, alpha):
    return stats.nbinom(1 / alpha, 1 / (1 + alpha * mean)) if alpha else stats.poisson(mean)


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("mean", MEANS)
def test_pmf_is_scipys_and_leaves_less_than_a_millionth(mean, alpha):
    ours, theirs = pmf(mean, alpha), reference(mean, alpha)
    k = np.arange(len(ours))
    assert ours[:-1] == pytest.approx(theirs.pmf(k[:-1]), abs=1e-12)
    assert theirs.sf(k[-1]) < 1e-6
    assert ours.sum() == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("mean", MEANS)
def test_central_interval_is_scipys(mean, alpha):
    assert central_interval(pmf(mean, alpha), 0.95) == reference(mean, alpha).interval(0.95)


def test_a_mean_of_nothing_is_certainly_nothing():
    assert pmf(0.0, 0.3).tolist() == [1.0]
    assert central_interval(pmf(0.0, 0.3), 0.95) == (0, 0)
    assert none(0.0, 0.3) == 1.0


def test_a_tiny_alpha_is_nearly_the_poisson():
    assert pmf(20.0, 1e-9)[:58] == pytest.approx(pmf(20.0, 0.0)[:58], abs=1e-8)


def test_a_very_large_mean_does_not_underflow():
    assert pmf(2000.0, 0.0).sum() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_thinning_is_binomial(share):
    ours = thinned(40, share, 3)
    n = np.arange(40)
    for j in range(3):
        assert ours[:, j] == pytest.approx(stats.binom.pmf(j, n, share), abs=1e-12)
    assert ours[:, 3] == pytest.approx(stats.binom.sf(2, n, share), abs=1e-12)


def test_a_thinned_count_keeps_alpha():
    mean, alpha, share = 12.0, 0.4, 0.25
    whole = pmf(mean, alpha)
    thin = whole @ thinned(len(whole), share, 10)
    assert thin[:10] == pytest.approx(pmf(mean * share, alpha)[:10], abs=1e-6)
