"""Counts of one pose, photographed again."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from training.bootstrap import Figure
from training.evaluation.repeatability import POISSON_SEM, detectable_change, sem_of_pairs, shipped_sem
from training.json_form import to_json


def test_the_error_of_pairs_by_hand():
    # √ differences 1 and 0: mean square 1/2, half of it 1/4
    assert sem_of_pairs(np.array([4.0, 9.0]), np.array([1.0, 9.0])) == pytest.approx(0.5)


def test_the_smallest_change_is_of_the_counts_that_are_shown(clinic, seen, counted, scene, captured_again, tmp_path):
    photos = clinic(40)
    repeated = []
    for k, photo in enumerate(photos[:11]):
        first = scene(k)
        rows = list(zip(*photo.boxes.T, photo.classes, photo.scores, strict=True))
        for second, grey in (("00", first), ("02", captured_again(first))):
            again = seen([], rows, name=f"{k}_20230616_12{k:02d}{second}")
            path = tmp_path / f"{again.photo.path.stem}.png"
            cv2.imwrite(str(path), grey)
            repeated.append(replace(again, photo=replace(again.photo, path=path)))
    shown = counted([*photos, *repeated])[40:]
    table = detectable_change(shown, "nobody")
    assert table.pairs == 11
    assert "days" not in to_json(table)  # The dates of the series are not to be trusted.
    assert table.sem == {"inflammatory": 0.0, "non_inflammatory": 0.0, "total": 0.0}
    assert table.provisional
    assert "nobody" in table.source
    assert "hardly" not in table.source
    assert "so few pairs hardly tell" in detectable_change(shown[:4], "nobody").source


def test_without_repeats_a_poisson_counts_error_stands_in_and_is_said(seen, counted):
    table = detectable_change(counted([seen()]), "nobody")
    assert table.pairs == 0
    assert set(table.sem.values()) == {POISSON_SEM}
    assert "no repeated captures" in table.source
    assert detectable_change([], "nobody").pairs == 0


def test_no_counts_error_ships_below_that_of_the_inflammatory_count():
    sems = {"inflammatory": 0.5, "non_inflammatory": 0.1, "total": 0.6}
    measured = {name: Figure(n=11, value=sem) for name, sem in sems.items()}
    assert shipped_sem(measured, "non_inflammatory") == 0.5
    assert shipped_sem(measured, "total") == 0.6
