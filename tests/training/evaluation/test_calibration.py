"""Counts fitted on known distributions come back."""

import numpy as np

from mobile_models.calibration import Calibration
from mobile_models.lesions import TYPES
from training.evaluation.calibration import (
    KNOTS,
    SIZES,
    CountModel,
    design_row,
    fit_counts,
    log_likelihood,
    out_of_fold,
    type_table,
)


def simulated(rng, photos=400):
    small, large = (0.0, 0.05, 0.1, 0.2, 0.5, 0.8, 0.95), (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95)
    true = CountModel(np.array([small, large]), base=0.3, alpha=0.2)
    designs = []
    for _ in range(photos):
        scores = np.clip(rng.beta(0.6, 3, rng.integers(0, 80)), 0.01, 1)
        designs.append(design_row(scores, rng.uniform(0, 0.08, len(scores)), np.ones(len(scores))))
    design = np.array(designs)
    mean = true.expected(design)
    counts = rng.poisson(rng.gamma(1 / true.alpha, mean * true.alpha))
    return true, design, counts


def test_the_phone_expects_what_the_fit_expected():
    rng = np.random.default_rng(1)
    scores, sizes = rng.uniform(0.01, 1, 50), rng.uniform(0, 0.08, 50)
    model = CountModel(np.sort(rng.random((2, len(KNOTS))), axis=1).round(4), base=0.0, alpha=0.1)
    certain = {name: [[float(name == other) for other in TYPES]] for name in TYPES}
    phone = Calibration.from_manifest(
        {
            "interval": 0.95,
            "score_floor": 0.01,
            "sizes": list(SIZES),
            "type_given": {"score_edges": [], "by_size": [certain] * 2},
            "counts": dict.fromkeys(("inflammatory", "non_inflammatory"), model.as_json()),
        }
    )
    papules = phone.expected_lesions(np.ones(50, dtype=np.int64), scores, sizes)
    assert np.isclose(papules.sum(), model.expected(design_row(scores, sizes, np.ones(50))[None])[0])


def test_a_fit_finds_the_expected_counts_it_was_drawn_from():
    rng = np.random.default_rng(2)
    true, design, counts = simulated(rng)
    fitted = fit_counts(design, counts)
    error = np.abs(fitted.expected(design) - true.expected(design)).mean()
    assert error < 0.05 * true.expected(design).mean()
    assert abs(fitted.alpha - true.alpha) < 0.06
    assert np.all(np.diff(fitted.weights, axis=1) >= 0)


def test_out_of_fold_expectations_do_not_know_their_own_count():
    rng = np.random.default_rng(4)
    _, design, counts = simulated(rng, 60)
    folds = np.arange(60) % 5
    before, _ = out_of_fold(design, counts, folds)
    changed = counts.copy()
    changed[folds == 0] += 100
    after, _ = out_of_fold(design, changed, folds)
    np.testing.assert_allclose(after[folds == 0], before[folds == 0])
    assert not np.allclose(after[folds == 1], before[folds == 1])


def test_the_likelihood_sums_to_one():
    counts = np.arange(2000)
    assert np.isclose(np.exp(log_likelihood(counts, np.full(2000, 7.0), 0.4)).sum(), 1)


def test_the_type_table_is_what_the_phone_reads():
    rng = np.random.default_rng(5)
    predicted, true = rng.integers(0, 4, 300), np.eye(4)[rng.integers(0, 4, 300)]
    table = type_table(predicted, rng.random(300), rng.uniform(0, 0.06, 300), true, np.ones(300))
    group = {"knots": [0.0, 1.0], "weights": [[0.0, 1.0]] * 2, "base": 0.0, "alpha": 0.1}
    read = Calibration.from_manifest(
        {
            "interval": 0.95,
            "score_floor": 0.01,
            "sizes": list(SIZES),
            "type_given": table,
            "counts": {"inflammatory": group, "non_inflammatory": group},
        }
    )
    assert read.type_given.shape == (2, len(TYPES), 3, len(TYPES))
