"""GAGS: zone factor times worst lesion, out of 32."""

from math import exp

import pytest

from mobile_models.grading import gags
from mobile_models.grading.grade import Unavailable
from mobile_models.zones import ZONES

MANY = 40.0


@pytest.mark.parametrize(
    ("lesions", "score"),
    [
        ({}, 0),
        ({"nose": (MANY, 0, 0, 0)}, 1),
        ({"forehead": (MANY, 0, 0, 0)}, 2),
        ({"forehead": (0, MANY, 0, 0)}, 4),
        ({"left_cheek": (0, 0, MANY, 0)}, 6),
        ({"chin": (MANY, MANY, MANY, MANY)}, 4),
        ({"forehead": (0, MANY, 0, 0), "nose": (MANY, 0, 0, 0), "right_cheek": (0, 0, 0, MANY)}, 4 + 1 + 8),
        (dict.fromkeys(ZONES, (0, 0, 0, MANY)), 32),
    ],
)
def test_scores_by_hand(lesions, score, face, tables):
    result = gags.grade(face(lesions), tables["GAGS"])
    assert (result.value, result.out_of) == (score, 32)
    assert result.distribution[str(score)] == pytest.approx(1, abs=1e-9)


def test_the_worst_lesion_of_a_zone_by_hand():
    worst = gags.worst_lesion([1.0, 0.5, 0.25, 0.125], {"inflammatory": 0.0, "non_inflammatory": 0.0})
    none = exp(-0.875) * exp(-1.0)
    comedo = exp(-0.875) * (1 - exp(-1.0))
    papule = exp(-0.375) * (1 - exp(-0.5))
    pustule = exp(-0.125) * (1 - exp(-0.25))
    assert worst == pytest.approx([none, comedo, papule, pustule, 1 - exp(-0.125)])


def test_no_severity_word_is_given(face, tables):
    assert isinstance(gags.grade(face(), tables["GAGS"]).value, int)


@pytest.mark.parametrize("captured", [(), ("left_cheek",), ("forehead", "nose", "chin")])
def test_it_needs_all_five_zones(captured, face, tables):
    result = gags.grade(face(captured=captured), tables["GAGS"])
    assert isinstance(result, Unavailable)
    assert "right_cheek" in result.reason or "no guide" in result.reason
