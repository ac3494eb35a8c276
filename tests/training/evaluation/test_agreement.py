"""Agreement by hand, and as published."""

import numpy as np
import pytest

from training.evaluation.agreement import icc_2_1, linear_weighted_kappa


def test_linear_kappa_by_hand():
    assert linear_weighted_kappa([0, 1, 2, 3], [0, 1, 2, 3], 4) == 1.0
    # one step off once in four: observed 1/4; expected by chance from the margins 18/16
    assert linear_weighted_kappa([0, 1, 2, 3], [0, 1, 2, 2], 4) == pytest.approx(1 - (1 / 4) / (18 / 16))
    assert np.isnan(linear_weighted_kappa([1, 1], [1, 1], 4))


def test_icc_of_shrout_and_fleiss():
    # The table of Shrout & Fleiss 1979, whose ICC(2,1) is 0.29.
    ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    assert icc_2_1(ratings) == pytest.approx(0.29, abs=0.005)
    assert icc_2_1([[1, 1], [4, 4], [9, 9]]) == 1.0
