"""Figures of what a file loses, from outcomes whose answer is known."""

import numpy as np
import pytest

from mobile_models.export.budget import BUDGETS, exceeded
from mobile_models.export.metrics import ScoredPhoto
from mobile_models.export.parity import Outcome, against_pytorch, grade_agreement, quality

BOXES = np.array([[0.0, 0, 10, 10], [20, 20, 30, 30], [50, 50, 60, 60]])


def seen(boxes, scores, *, count=2, iga=2, drawn=2):
    boxes, scores = np.asarray(boxes, dtype=float).reshape(-1, 4), np.asarray(scores, dtype=float)
    table = np.column_stack((boxes, scores))[:drawn]
    return Outcome(ScoredPhoto(boxes, scores, BOXES), table, count, {"IGA": iga}, 100)


PYTORCH = [seen(BOXES, [0.9, 0.8, 0.7], count=3, drawn=3)]


def test_the_same_answer_loses_nothing():
    figures = against_pytorch(PYTORCH, PYTORCH, PYTORCH)
    assert (figures["ap50"], figures["centre_f1"], figures["count_mae"]) == (1, 1, 0)
    assert figures["ap50_loss_points"] == figures["count_mae_change"] == figures["drawn_lost"] == 0
    assert figures["largest_box_difference"] == figures["largest_score_difference"] == 0
    assert figures["grade_agreement"] == 1


def test_a_lost_lesion_costs_precision_recall_and_count():
    its = [seen(BOXES[:2], [0.9, 0.8], count=2, iga=1)]
    figures = against_pytorch(PYTORCH, PYTORCH, its)
    assert figures["ap50_loss_points"] == pytest.approx(100 * (1 - 67 / 101), abs=1e-3)
    assert figures["count_mae_change"] == 1
    assert (figures["drawn_by_pytorch"], figures["drawn_lost"]) == (3, 1)
    assert figures["grade_agreement"] == 0


def test_a_moved_box_and_another_score_are_measured_on_the_lesion_they_belong_to():
    moved = np.add(BOXES, [[0, 0, 2, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    figures = against_pytorch(PYTORCH, PYTORCH, [seen(moved, [0.9, 0.8, 0.75])])
    assert figures["largest_box_difference"] == pytest.approx(0.02)
    assert figures["largest_score_difference"] == pytest.approx(0.05)


def test_a_grade_that_only_one_can_give_is_a_disagreement():
    first, second = seen(BOXES, [0.9, 0.8, 0.7]), seen(BOXES, [0.9, 0.8, 0.7])
    without = Outcome(second.found, second.drawn, second.count, {}, 100)
    assert grade_agreement([first, first], [second, without]) == 0.5


def test_a_photo_without_anything_found_is_counted():
    nothing = seen(np.zeros((0, 4)), [], count=0)
    assert quality([nothing]) == {"ap50": 0, "centre_f1": 0, "count_mae": 3}
    assert against_pytorch(PYTORCH, PYTORCH, [nothing])["drawn_lost"] == 3


@pytest.mark.parametrize(
    ("kind", "change", "named"),
    [
        ("float16", {"ap50_loss_points": 0.11}, "AP50 loss above 0.1 points"),
        ("dynamic", {"count_mae_change": 0.11}, "count MAE change above 0.1"),
        ("int8", {"grade_agreement": 0.979}, "grade agreement below 98 %"),
        ("int8", {"bytes": 3_400_001}, "larger than 3.4 MB"),
    ],
)
def test_each_limit_is_named(kind, change, named):
    budget = BUDGETS[kind]
    at_the_limit = {
        "ap50_loss_points": budget.ap50_points,
        "count_mae_change": budget.count_mae,
        "grade_agreement": budget.grade_agreement,
        "bytes": budget.bytes,
    }
    assert exceeded(kind, at_the_limit, nano=True) == []
    assert exceeded(kind, at_the_limit | change, nano=True) == [named]


def test_sizes_are_limited_at_nano_scale_only():
    figures = {"ap50_loss_points": 0, "count_mae_change": 0, "grade_agreement": 1, "bytes": 40_000_000}
    assert exceeded("int8", figures, nano=False) == []
