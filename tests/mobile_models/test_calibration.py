"""Scores become probabilities of types and expected lesions as the manifest's figures say."""

import copy

import numpy as np
import pytest

from mobile_models.calibration import Calibration

FIGURES = {
    "interval": 0.95,
    "score_floor": 0.01,
    "sizes": [0.02, 0.04],
    "type_given": {
        "score_edges": [0.1, 0.3],
        "by_size": [
            {
                "comedo": [[0.7, 0.1, 0.1, 0.1], [0.8, 0.1, 0.1, 0.0], [1, 0, 0, 0]],
                "papule": [[0.1, 0.6, 0.2, 0.1], [0.0, 0.8, 0.1, 0.1], [0, 1, 0, 0]],
                "pustule": [[0.1, 0.3, 0.5, 0.1], [0.0, 0.2, 0.7, 0.1], [0, 0, 1, 0]],
                "nodule": [[0.0, 0.3, 0.2, 0.5], [0.0, 0.2, 0.1, 0.7], [0, 0, 0, 1]],
            },
            {
                "comedo": [[0.5, 0.3, 0.1, 0.1], [0.8, 0.1, 0.1, 0.0], [1, 0, 0, 0]],
                "papule": [[0.1, 0.6, 0.2, 0.1], [0.0, 0.8, 0.1, 0.1], [0, 1, 0, 0]],
                "pustule": [[0.1, 0.3, 0.5, 0.1], [0.0, 0.2, 0.7, 0.1], [0, 0, 1, 0]],
                "nodule": [[0.0, 0.3, 0.2, 0.5], [0.0, 0.2, 0.1, 0.7], [0, 0, 0, 1]],
            },
        ],
    },
    "counts": {
        "inflammatory": {
            "knots": [0.1, 0.5],
            "weights": [[0.2, 1.0], [0.4, 1.2]],
            "base": 0.5,
            "alpha": 0.3,
        },
        "non_inflammatory": {
            "knots": [0.0, 1.0],
            "weights": [[0.0, 0.5]] * 2,
            "base": 1.0,
            "alpha": 0.6,
        },
    },
}


def test_a_score_on_an_edge_belongs_to_the_band_above():
    p = Calibration.from_manifest(FIGURES).type_probabilities(
        np.array([1, 1, 1]), np.array([0.0999, 0.1, 0.3]), np.zeros(3)
    )
    assert p.tolist() == [[0.1, 0.6, 0.2, 0.1], [0.0, 0.8, 0.1, 0.1], [0, 1, 0, 0]]


def test_a_candidate_stands_for_weight_times_probability():
    e = Calibration.from_manifest(FIGURES).expected_lesions(np.array([1, 2]), np.array([0.2, 0.05]), np.full(2, 0.01))
    assert e[0] == pytest.approx([0.1 * 0.0, 0.4 * 0.8, 0.4 * 0.1, 0.4 * 0.1])  # 0.2 + 0.8·(0.2−0.1)/0.4
    assert e[1] == pytest.approx([0.025 * 0.1, 0.2 * 0.3, 0.2 * 0.5, 0.2 * 0.1])  # clamped below 0.1


def test_a_candidate_between_the_sizes_stands_for_what_lies_between():
    papule, middling = np.array([1]), np.array([0.3])
    papules = [
        Calibration.from_manifest(FIGURES).expected_lesions(papule, middling, np.array([size]))[0, 1]
        for size in (0.0, 0.02, 0.03, 0.04, 0.9)
    ]
    comedo = Calibration.from_manifest(FIGURES).type_probabilities(np.array([0]), np.array([0.05]), np.array([0.03]))
    assert comedo[0] == pytest.approx([0.6, 0.2, 0.1, 0.1])
    assert papules == pytest.approx([0.6, 0.6, 0.7, 0.8, 0.8])


def test_reading_a_candidate_leaves_the_tables_as_they_are():
    calibration = Calibration.from_manifest(FIGURES)
    before = calibration.type_given.copy()
    calibration.expected_lesions(np.array([0, 1]), np.array([0.4, 0.05]), np.full(2, 0.03))
    assert np.array_equal(calibration.type_given, before)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("interval",), 1.0),
        (("type_given", "by_size", 0, "papule"), [[0.1, 0.6, 0.2, 0.2]] * 3),
        (("type_given", "by_size", 1, "papule"), [[0.1, 0.6, 0.2, 0.1]] * 2),
        (("counts", "inflammatory", "knots"), [0.5, 0.1]),
        (("counts", "inflammatory", "weights"), [[0.5]] * 2),
        (("sizes",), [0.04, 0.02]),
        (("counts", "inflammatory", "alpha"), -0.1),
        (("counts", "non_inflammatory", "base"), float("nan")),
    ],
)
def test_figures_that_cannot_be_right_are_refused(path, value):
    figures = copy.deepcopy(FIGURES)
    inner = figures
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(ValueError, match=r"interval|sizes|type_given|knots|finite"):
        Calibration.from_manifest(figures)
