"""Whether probabilities mean what they say."""

import numpy as np
import pytest

from training.evaluation.fit import Counted
from training.evaluation.reliability import EDGES, binned, calibration_error, reliability_figures

A, B = (10, 10, 20, 20), (40, 40, 50, 50)


def test_calibration_error_by_hand():
    # 0.9 said twice and true once, 0.3 said twice and never true: (|1.8 − 1| + |0.6 − 0|) / 4
    sums = binned(np.array([0.9, 0.9, 0.3, 0.3]), np.array([1.0, 0.0, 0.0, 0.0]))
    assert calibration_error(sums) == pytest.approx(0.35)


def test_probabilities_that_come_true_as_often_as_they_say_have_no_error():
    rng = np.random.default_rng(0)
    probability = rng.random(200_000)
    assert calibration_error(binned(probability, (rng.random(200_000) < probability).astype(float))) < 0.01


def test_certainty_falls_into_the_last_bin():
    assert binned(np.array([1.0, 0.0]), np.array([1.0, 0.0]))[0].tolist() == [1, *[0] * (len(EDGES) - 3), 1]


def test_scores_are_held_against_hits_and_types_against_typed_boxes(seen):
    photos = [
        Counted(seen([(*A, 1)], [(*A, 1, 0.75), (*B, 2, 0.25)]), np.array([[0, 0.75, 0.25, 0], [0, 0, 1, 0]]), None, {})
        for _ in range(12)
    ]
    figures = reliability_figures(photos)
    assert figures.score.ECE.value == pytest.approx(0.25)
    assert figures.type.ECE.value == pytest.approx(0.125)  # 0.25 off at papule and pustule, none at the others
    assert figures.score.bins == [[12, 0.25, 0.0], [12, 0.75, 1.0]]
