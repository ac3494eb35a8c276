"""A level that is a bin of a source's own count."""

import numpy as np

from training.evaluation.levels import level_figures, level_of


def test_a_level_is_how_many_bounds_a_count_is_above():
    assert level_of(np.array([0, 5, 6, 20, 21, 50, 51]), (5, 20, 50)).tolist() == [0, 0, 1, 1, 2, 2, 3]


def test_levels_of_well_found_lesions_agree(clinic, counted):
    figures = level_figures(counted(clinic(120)), (5, 20, 50))
    assert figures.accuracy.value > 0.7
    assert figures.within_one.value == 1.0
    assert figures.linear_kappa.value > 0.5
    assert figures.by_own_standard.MAE.value < figures.by_own_standard.always_the_median_MAE / 2
