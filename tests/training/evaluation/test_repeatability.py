"""Counts of one pose, photographed again."""

import numpy as np
import pytest

from training.evaluation.repeatability import POISSON_SEM, detectable_change, repeat_pairs, sem_of_pairs


def test_neighbours_within_seconds_are_pairs_and_each_photo_is_in_one(seen):
    names = ["a_20230616_120000", "b_20230616_120002", "c_20230616_120004", "d_20230616_120010", "no_stamp"]
    assert repeat_pairs([seen(name=name).photo for name in names]) == [(0, 1)]
    assert repeat_pairs([seen(name="x_20239999_990000").photo]) == []


def test_the_error_of_pairs_by_hand():
    # √ differences 1 and 0: mean square 1/2, half of it 1/4
    assert sem_of_pairs(np.array([4.0, 9.0]), np.array([1.0, 9.0])) == pytest.approx(0.5)


def test_the_smallest_change_is_of_the_counts_that_are_shown(clinic, seen, counted):
    photos = clinic(40)
    repeated = [
        seen([], list(zip(*one.boxes.T, one.classes, one.scores, strict=True)), name=f"{k}_20230616_12{k:02d}{second}")
        for k, one in enumerate(photos)
        for second in ("00", "02")
    ]
    shown = counted([*photos, *repeated])[40:]
    table = detectable_change(shown, "nobody")
    assert table["pairs"] == 40
    assert table["days"] == 1
    assert table["sem"] == {"inflammatory": 0.0, "non_inflammatory": 0.0, "total": 0.0}
    assert table["provisional"]
    assert "nobody" in table["source"]


def test_without_repeats_a_poisson_counts_error_stands_in_and_is_said(seen, counted):
    table = detectable_change(counted([seen()]), "nobody")
    assert table["pairs"] == 0
    assert set(table["sem"].values()) == {POISSON_SEM}
    assert "no repeated captures" in table["source"]
    assert detectable_change([], "nobody")["pairs"] == 0
