import numpy as np
import pytest

from training.synthetic.lesions import Lesion
from training.synthetic.render import Shot, photograph

TONES = [50.0, 0.0, -50.0]


def _core_and_rim(close_up, kind, diameter_mm, opened=False, core=0.35):
    """Mean sRGB of the lesion's middle, of its rim, and of the same pixels of clear skin."""
    scene, place, normal = close_up
    lesion = Lesion(kind, opened, tuple(place), tuple(normal), diameter_mm)
    quiet = Shot(noise=0.0)
    photo = photograph(scene, [lesion], quiet)
    clear = photograph(scene, [], quiet).pixels.astype(float)
    (drawn,) = photo.lesions
    x0, y0, x1, y1 = drawn.box
    yy, xx = np.mgrid[0 : clear.shape[0], 0 : clear.shape[1]] + 0.5
    r = np.hypot((xx - (x0 + x1) / 2) / (x1 - x0) * 2, (yy - (y0 + y1) / 2) / (y1 - y0) * 2)
    pixels = photo.pixels.astype(float)
    inner, rim = r < core, (r > 0.65) & (r < 0.95)
    return pixels[inner].mean(0), pixels[rim].mean(0), clear[inner].mean(0)


def _redness(rgb):
    return rgb[0] / (rgb[1] + rgb[2])


def _yellowness(rgb):
    return rgb[1] / rgb[2]


@pytest.mark.parametrize("ita", TONES)
def test_an_open_comedo_is_darker_than_the_skin_around_it(cheek_close_up, ita):
    core, _, clear = _core_and_rim(cheek_close_up(ita), "comedo", 2.0, opened=True)
    assert core.mean() < 0.75 * clear.mean()


@pytest.mark.parametrize("ita", TONES)
def test_a_closed_comedo_keeps_the_colour_of_the_skin_and_is_not_darker(cheek_close_up, ita):
    core, _, clear = _core_and_rim(cheek_close_up(ita), "comedo", 2.0)
    assert core.mean() > 0.97 * clear.mean()
    assert abs(_redness(core) - _redness(clear)) < 0.15


@pytest.mark.parametrize("ita", TONES)
@pytest.mark.parametrize(("kind", "diameter_mm"), [("papule", 3.5), ("nodule", 9.0)])
def test_papules_and_nodules_are_redder_than_the_skin_under_them(cheek_close_up, ita, kind, diameter_mm):
    core, _, clear = _core_and_rim(cheek_close_up(ita), kind, diameter_mm, core=0.8)
    assert _redness(core) > 1.04 * _redness(clear)


@pytest.mark.parametrize("ita", TONES)
def test_a_pustule_has_a_light_yellow_centre_in_a_redder_rim(cheek_close_up, ita):
    core, rim, _ = _core_and_rim(cheek_close_up(ita), "pustule", 4.0)
    assert core.mean() > 1.08 * rim.mean()
    assert _yellowness(core) > _yellowness(rim)
    assert _redness(rim) > _redness(core)


def test_a_mark_is_drawn_but_is_not_a_lesion(cheek_close_up):
    scene, place, normal = cheek_close_up(0.0)
    mark = Lesion("mark", False, tuple(place), tuple(normal), 4.0)
    photo = photograph(scene, [mark], Shot(noise=0.0))
    assert photo.lesions == ()
    assert (photo.pixels != photograph(scene, [], Shot(noise=0.0)).pixels).any()
