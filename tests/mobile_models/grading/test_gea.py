"""GEA by hand: counts, nodules and how much of the face is involved."""

from itertools import product

import numpy as np
import pytest

from mobile_models.grading import gea
from mobile_models.zones import ZONES


@pytest.mark.parametrize(
    ("lesions", "value"),
    [
        ({}, 0),
        ({"papule": 1.5}, 1),
        ({"comedo": 5}, 1),
        ({"comedo": 16}, 2),
        ({"comedo": 200}, 2),  # comedones alone are at most few
        ({"papule": 6}, 2),
        ({"papule": 15}, 3),  # all over the face
        ({"papule": 35}, 3),
        ({"papule": 90}, 4),
        ({"papule": 30, "nodule": 12}, 5),
        ({"papule": 3, "nodule": 6}, 4),  # nodules, yet not highly inflammatory
    ],
)
def test_typical_faces(lesions, value, evenly, tables):
    assert gea.grade(evenly(**lesions), tables["GEA"]).value == value


def test_the_same_lesions_on_one_cheek_are_less_than_half_the_face(face, evenly, tables):
    cheek = gea.grade(face({"left_cheek": (0, 15, 0, 0)}), tables["GEA"])
    assert cheek.value == 2
    assert gea.grade(evenly(papule=15), tables["GEA"]).value == 3


def test_extent_is_not_judged_without_the_guide(face, tables):
    assert gea.grade(face({"photo": (0, 15, 0, 0)}, captured=()), tables["GEA"]).value == 2


@pytest.mark.parametrize("shares", [(0.2,) * 5, (0.5, 0.3, 0.1, 0.1, 0.0), (0.6, 0.4), (1.0,)])
def test_extent_is_the_sum_over_all_ways_lesions_fall(shares):
    ours = gea.more_than(0.5, shares, 6)
    for n in range(6):
        by_hand = sum(
            np.prod([shares[z] for z in fall])
            for fall in product(range(len(shares)), repeat=n)
            if len(set(fall)) > 0.5 * len(shares)
        )
        assert ours[n] == pytest.approx(by_hand, abs=1e-12)


def test_every_grade_has_a_probability_and_they_sum_to_one(face, tables):
    rng = np.random.default_rng(0)
    for captured in (ZONES, ("left_cheek", "right_cheek"), ("left_cheek",), ()):
        lesions = {zone: rng.gamma(1, 2, 4) for zone in (*captured, "photo")}
        result = gea.grade(face(lesions, captured=captured, alpha=0.5), tables["GEA"])
        assert list(result.distribution) == list("012345")
        assert sum(result.distribution.values()) == pytest.approx(1)
        assert min(result.distribution.values()) >= 0
