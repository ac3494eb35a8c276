"""Telling types of lesions that were hit."""

import numpy as np
import pytest

from training.datasets.photo import UNKNOWN
from training.evaluation.fit import Counted
from training.evaluation.types import confusion, macro_f1, type_figures

A, B, C = (10, 10, 20, 20), (40, 40, 50, 50), (70, 70, 80, 80)


def test_macro_f1_by_hand():
    # papule: 3 of 4 right, 1 pustule called papule: 2·3/(4+4); pustule: 1 of 2 right: 2·1/(2+2)
    table = np.zeros((4, 4), dtype=int)
    table[1, 1], table[1, 2], table[2, 1], table[2, 2] = 3, 1, 1, 1
    assert macro_f1(table) == pytest.approx((6 / 8 + 2 / 4) / 2)
    assert np.isnan(macro_f1(np.zeros((4, 4))))


def test_only_lesions_that_were_hit_and_have_a_type_are_counted(seen):
    photo = seen([(*A, 1), (*B, UNKNOWN), (*C, 2)], [(*A, 2, 0.9), (*B, 1, 0.8)])
    table = confusion(Counted(photo, np.zeros((2, 4)), None, {}), photo.classes)
    assert table.sum() == table[1, 2] == 1


def test_the_table_may_correct_the_models_class(seen):
    shares = np.eye(4)[[1, 2]]
    photos = [Counted(seen([(*A, 1), (*B, 2)], [(*A, 1, 0.9), (*B, 1, 0.8)]), shares, None, {}) for _ in range(12)]
    figures = type_figures(photos)
    assert (
        figures.macro_F1.value == pytest.approx(figures.majority_macro_F1, abs=1e-4) == pytest.approx(1 / 3, abs=1e-4)
    )
    assert figures.macro_F1_by_table.value == 1.0


def test_one_type_alone_tells_nothing(seen):
    assert type_figures([Counted(seen([(*A, 1)], [(*A, 1, 0.9)]), np.eye(4)[[1]], None, {})]) is None
