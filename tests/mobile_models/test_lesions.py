"""The clinical words: which lesions a number holds, and which numbers nothing exists to check by."""

import pytest

from mobile_models.lesions import COUNTED, PLURALS, TYPES, is_experimental, lesions_in, types_of


@pytest.mark.parametrize(
    ("counted", "types"),
    [
        ("papule", ("papule",)),
        ("inflammatory", ("papule", "pustule", "nodule")),
        ("non_inflammatory", ("comedo",)),
        ("total", TYPES),
    ],
)
def test_a_number_holds_the_lesions_of(counted, types):
    assert types_of(counted) == types


def test_every_number_with_comedones_in_it_is_experimental():
    assert {counted for counted in COUNTED if is_experimental(counted)} == {"comedo", "non_inflammatory", "total"}


def test_lesions_are_summed_over_the_zones_that_are_asked_for():
    zones = {"nose": dict(zip(TYPES, (1, 2, 3, 4), strict=True)), "chin": dict.fromkeys(TYPES, 10)}
    assert [lesions_in(zones, ["nose"], counted) for counted in ("nodule", "inflammatory", "total")] == [4, 9, 10]
    assert lesions_in(zones, ["nose", "chin"], "non_inflammatory") == 11


def test_every_type_has_a_plural():
    assert tuple(PLURALS) == TYPES
