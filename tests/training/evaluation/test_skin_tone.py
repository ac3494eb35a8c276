"""From pixels to apparent skin tone."""

import numpy as np
import pytest
from PIL import Image

from training.evaluation.skin_tone import UNSEEN, VERY_LIGHT, apparent_tone, ita_of, srgb_to_lab, tone_group

NONE = np.zeros((0, 4))


@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        ((255, 255, 255), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((119, 119, 119), (50.03, 0, 0)),
        ((3, 3, 3), (0.82, 0, 0)),
    ],
)
def test_colours_of_known_lab(rgb, lab):
    np.testing.assert_allclose(srgb_to_lab(np.array([rgb]) / 255)[0], lab, atol=0.03)


def test_the_angle_is_that_of_lightness_over_yellowness():
    assert ita_of(np.array([60.0, 12.0, 10.0])) == pytest.approx(45)
    assert ita_of(np.array([40.0, 12.0, 10.0])) == pytest.approx(-45)


@pytest.mark.parametrize(
    ("ita", "name"),
    [
        (56, VERY_LIGHT),
        (55, "light"),
        (41, "intermediate"),
        (28, "tan"),
        (10, "brown"),
        (-30, "dark"),
        (float("nan"), UNSEEN),
    ],
)
def test_tones_by_their_bounds(ita, name):
    assert tone_group(ita) == name


def test_lesions_and_background_do_not_move_the_tone():
    skin = (214, 170, 145)
    plain = Image.new("RGB", (256, 256), skin)
    expected = ita_of(srgb_to_lab(np.array([skin]) / 255)[0])
    assert apparent_tone(plain, NONE) == pytest.approx(expected, abs=0.01)
    spotted = plain.copy()
    spotted.paste((40, 60, 200), (0, 0, 256, 90))  # a blue wall
    spotted.paste((230, 120, 110), (100, 110, 180, 190))  # one large red lesion, boxed
    boxed = np.array([[100, 110, 180, 190]]) / 256
    assert apparent_tone(spotted, boxed) == pytest.approx(expected, abs=0.01)
    assert apparent_tone(Image.new("RGB", (256, 256), (40, 60, 200)), NONE) != apparent_tone(plain, NONE)


def test_darker_skin_has_a_smaller_angle():
    light, dark = (Image.new("RGB", (300, 200), rgb) for rgb in ((226, 190, 168), (92, 58, 42)))
    assert apparent_tone(light, NONE) > 28 > 10 > apparent_tone(dark, NONE)


def test_a_photo_without_skin_has_no_tone():
    assert np.isnan(apparent_tone(Image.new("RGB", (256, 256), (40, 60, 200)), NONE))
