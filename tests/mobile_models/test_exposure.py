"""Every photo is brought to one light, by whole numbers that every port finds alike."""

import numpy as np
import pytest

from mobile_models.exposure import REFERENCE, Exposure, brighter_median, exposed_level, luminance


def skin(level, size=64, seed=0):
    grain = np.random.default_rng(seed).normal(0, 4, (size, size, 1))
    return (np.array([1.2, 1.0, 0.9]) * level + grain).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("level", [12, 25, 60, 100, 150, 190])
def test_the_brighter_part_comes_to_the_reference_level(level):
    exposed = REFERENCE.expose(skin(level))
    assert brighter_median(luminance(exposed), REFERENCE.brighter_share) == pytest.approx(REFERENCE.level, rel=0.06)


def test_a_photo_in_the_reference_light_stays_as_it_is():
    once = REFERENCE.expose(skin(120))
    assert np.abs(REFERENCE.expose(once).astype(int) - once).max() <= 2


def test_hair_and_shadow_do_not_brighten_the_skin():
    shaded = skin(120)
    shaded[:16] //= 8
    assert REFERENCE.gain_of(shaded) == pytest.approx(REFERENCE.gain_of(skin(120)), rel=0.05)


def test_nothing_is_scaled_beyond_the_bounds():
    assert REFERENCE.gain_of(np.zeros((8, 8, 3), np.uint8)) == REFERENCE.gain[1]
    assert REFERENCE.gain_of(np.full((8, 8, 3), 255, np.uint8)) == max(REFERENCE.gain[0], REFERENCE.level / 255)


def test_hue_is_kept_where_nothing_is_cut():
    before = skin(60).reshape(-1, 3).mean(axis=0)
    after = REFERENCE.expose(skin(60)).reshape(-1, 3).mean(axis=0)
    assert after / after[1] == pytest.approx(before / before[1], rel=0.02)


def test_levels_are_rounded_half_up_and_cut():
    assert exposed_level(1.5)[[0, 1, 3, 169, 170, 255]].tolist() == [0, 2, 5, 254, 255, 255]


def test_the_manifest_holds_the_rule():
    assert Exposure.from_manifest(REFERENCE.to_manifest()) == REFERENCE


@pytest.mark.parametrize(
    "wrong", [{"brighter_share": 0}, {"level": 300}, {"gain_at_least": 1.2}, {"gain_at_most": 0.5}]
)
def test_a_rule_that_cannot_be_right_is_refused(wrong):
    with pytest.raises(ValueError, match=r"brighter_share|level|gain"):
        Exposure.from_manifest({**REFERENCE.to_manifest(), **wrong})
