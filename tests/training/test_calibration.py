"""Counts fitted on known distributions come back."""

import numpy as np

from mobile_models.calibration import Calibration
from mobile_models.lesions import TYPES
from training.calibration import KNOTS, CountModel, design_row, fit_counts, log_likelihood, out_of_fold, type_table


def simulated(rng, photos=400):
    true = CountModel(KNOTS, (0.0, 0.05, 0.2, 0.5, 0.8, 1.0), base=0.3, alpha=0.2)
    designs = []
    for _ in range(photos):
        scores = np.clip(rng.beta(0.6, 3, rng.integers(0, 80)), 0.01, 1)
        designs.append(design_row(scores, np.ones(len(scores))))
    design = np.array(designs)
    mean = true.expected(design)
    counts = rng.poisson(rng.gamma(1 / true.alpha, mean * true.alpha))
    return true, design, counts


def test_the_design_row_is_the_interpolated_sum():
    rng = np.random.default_rng(1)
    scores, probabilities, weights = rng.random(50), rng.random(50), np.sort(rng.random(len(KNOTS)))
    direct = (np.interp(scores, KNOTS, weights) * probabilities).sum()
    assert np.isclose(design_row(scores, probabilities) @ weights, direct)


def test_a_fit_finds_the_expected_counts_it_was_drawn_from():
    rng = np.random.default_rng(2)
    true, design, counts = simulated(rng)
    fitted, factor = fit_counts(design, counts, np.zeros(len(counts), dtype=bool))
    error = np.abs(fitted.expected(design) - true.expected(design)).mean()
    assert error < 0.05 * true.expected(design).mean()
    assert abs(fitted.alpha - true.alpha) < 0.06
    assert abs(factor - 1) < 0.01
    assert np.all(np.diff(fitted.weights) >= 0)


def test_another_standard_lends_its_shape_and_not_its_scale():
    rng = np.random.default_rng(3)
    true, design, counts = simulated(rng, 600)
    foreign = np.arange(600) >= 200
    halved = np.where(foreign, rng.binomial(counts, 0.5), counts)
    fitted, factor = fit_counts(design, halved, foreign)
    assert 0.4 < factor < 0.6
    assert np.abs(fitted.expected(design) - true.expected(design)).mean() < 0.1 * true.expected(design).mean()


def test_out_of_fold_expectations_do_not_know_their_own_count():
    rng = np.random.default_rng(4)
    _, design, counts = simulated(rng, 60)
    folds, home = np.arange(60) % 5, np.zeros(60, dtype=bool)
    before, _ = out_of_fold(design, counts, home, folds)
    changed = counts.copy()
    changed[folds == 0] += 100
    after, _ = out_of_fold(design, changed, home, folds)
    np.testing.assert_allclose(after[folds == 0], before[folds == 0])
    assert not np.allclose(after[folds == 1], before[folds == 1])


def test_the_likelihood_sums_to_one():
    counts = np.arange(2000)
    assert np.isclose(np.exp(log_likelihood(counts, np.full(2000, 7.0), 0.4)).sum(), 1)


def test_the_type_table_is_what_the_phone_reads():
    rng = np.random.default_rng(5)
    predicted, true = rng.integers(0, 4, 300), rng.integers(0, 4, 300)
    table = type_table(predicted, rng.random(300), true)
    group = {"knots": [0.0, 1.0], "weights": [0.0, 1.0], "base": 0.0, "alpha": 0.1}
    read = Calibration.from_manifest(
        {
            "interval": 0.95,
            "score_floor": 0.01,
            "type_given": table,
            "counts": {"inflammatory": group, "non_inflammatory": group},
        }
    )
    assert read.type_given.shape == (len(TYPES), 3, len(TYPES))
