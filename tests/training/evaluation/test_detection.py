"""Finding lesions, of any type, of a group, of one type."""

import numpy as np
import pytest

from mobile_models.lesions import TYPES
from training.datasets.photo import UNKNOWN
from training.evaluation.detection import any_lesion, by_type
from training.evaluation.fit import Counted

COMEDO, PAPULE, PUSTULE = (TYPES.index(name) for name in ("comedo", "papule", "pustule"))
A, B, C = (10, 10, 20, 20), (40, 40, 50, 50), (70, 70, 80, 80)


def judged(predicted, seen):
    return Counted(predicted, np.array(seen, dtype=float), None, {})


def test_candidates_on_every_box_and_nowhere_else_are_perfect(seen):
    photos = [judged(seen([(*A, 0), (*B, 4)], [(*A, 1, 0.9), (*B, 2, 0.8)]), np.eye(4)[[1, 2]]) for _ in range(12)]
    figures = any_lesion(photos)
    names = ("AP50", "AP50_95", "centre_F1", "precision", "recall")
    assert [getattr(figures, name).value for name in names] == [1.0] * 5
    assert figures.at_threshold == 0.8


def test_precision_at_higher_overlaps_falls_for_a_box_that_is_moved(seen):
    moved = (12, 10, 22, 20)  # overlaps 8 of 12: 0.667, so it counts at 0.5, 0.55, 0.6 and 0.65 of ten
    figures = any_lesion([judged(seen([(*A, 1)], [(*moved, 1, 0.9)]), np.eye(4)[[1]]) for _ in range(12)])
    assert figures.AP50.value == 1.0
    assert figures.AP50_95.value == pytest.approx(0.4)


def test_a_type_is_found_by_its_probability_even_where_the_model_calls_it_another(seen):
    likely = [0.6, 0.4, 0, 0]
    photos = [judged(seen([(*A, COMEDO)], [(*A, PAPULE, 0.9)]), [likely]) for _ in range(12)]
    comedo = by_type(photos)["comedo"]
    assert comedo.centre_F1.value == 1.0
    assert comedo.centre_F1_by_class.value == 0.0
    assert comedo.at_threshold == pytest.approx(0.54)
    assert comedo.boxes == 12


def test_types_that_nobody_boxed_or_told_are_not_measured(seen):
    photo = [(*A, PAPULE)], [(*A, PAPULE, 0.9)]
    no_comedones = [judged(seen(*photo, background=(0, 1, 1, 1)), np.eye(4)[[1]]) for _ in range(12)]
    assert set(by_type(no_comedones)) == {"papule", "papule_or_pustule", "inflammatory"}
    untold = [judged(seen([(*A, UNKNOWN)], [(*A, PAPULE, 0.9)]), np.eye(4)[[1]]) for _ in range(12)]
    assert by_type(untold) == {}


def test_an_inflammatory_lesion_is_found_whichever_of_the_three_it_is_called(seen):
    photos = [judged(seen([(*A, PUSTULE), (*C, COMEDO)], [(*A, PAPULE, 0.9)]), np.eye(4)[[1]]) for _ in range(12)]
    figures = by_type(photos)
    assert figures["inflammatory"].centre_F1.value == 1.0
    assert figures["pustule"].centre_F1.value == 0.0
