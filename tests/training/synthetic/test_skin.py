import numpy as np
import pytest

from training.synthetic.skin import tone


def _lab(linear):
    m = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = m @ np.asarray(linear, float) / [0.95047, 1.0, 1.08883]
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def test_skin_gets_lighter_as_the_typology_angle_rises():
    lightness = [_lab(tone(ita))[0] for ita in range(-60, 61, 5)]
    assert np.all(np.diff(lightness) > 0)


@pytest.mark.parametrize("ita", [-60, -45, -30, -10, 10, 28, 45, 60])
def test_the_typology_angle_can_be_measured_back_from_the_colour(ita):
    lightness, _, b = _lab(tone(ita))
    assert np.degrees(np.arctan2(lightness - 50, b)) == pytest.approx(ita, abs=3)


@pytest.mark.parametrize("ita", [-60, -30, 0, 30, 60])
def test_every_tone_is_warm_and_none_is_grey(ita):
    red, green, blue = tone(ita)
    assert red > 1.2 * green > 1.2 * blue
