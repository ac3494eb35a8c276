"""Skin drawn over a lesion, on renders whose clear skin is known."""

import numpy as np
import pytest

from training.evaluation.inpaint import ellipses, erase
from training.synthetic.camera import MARGIN, Camera
from training.synthetic.identity import sample_identity
from training.synthetic.lesions import Lesion
from training.synthetic.light import Light
from training.synthetic.render import Shot, photograph
from training.synthetic.scene import build_scene
from training.synthetic.sites import find_sites

NONE = np.zeros((0, 4))


@pytest.fixture(scope="module")
def cheek():
    """A cheek with two papules, the same cheek clear, and the papules' boxes."""
    who = sample_identity(7, ita=40.0, freckles=0.0, hair="back", masculinity=0.0)
    sites = find_sites(who)
    near = np.argsort(np.linalg.norm(sites.place - np.array([40.0, -30.0, 78.0]), axis=1))
    first = near[0]
    second = next(i for i in near if np.linalg.norm(sites.place[i] - sites.place[first]) > 9)
    camera = Camera(260, 260, 25.0, tuple(sites.place[first]), 6.0 / MARGIN, distance_mm=420.0)
    scene = build_scene(who, camera, Light(), 1.0)
    papules = [Lesion("papule", False, tuple(sites.place[i]), tuple(sites.normal[i]), 4.0) for i in (first, second)]
    shown = photograph(scene, papules, Shot())
    return shown.pixels, photograph(scene, [], Shot()).pixels, np.array([lesion.box for lesion in shown.lesions])


def _apart(a, b, mask):
    return float(np.abs(a[mask].astype(float).mean(axis=0) - b[mask].astype(float).mean(axis=0)).max())


def _grain(pixels, mask):
    rows, columns = np.nonzero(mask)
    grey = pixels.astype(float).mean(axis=2)
    return float(np.abs(grey[rows, columns] - grey[rows, columns + 1]).mean())


def test_an_erased_lesion_has_the_colour_of_the_clear_skin_under_it(cheek):
    pixels, clear, boxes = cheek
    edited = erase(pixels, boxes, NONE)
    for box in boxes:
        lesion = ellipses(pixels.shape[:2], box[None], 0.8)
        assert _apart(edited, clear, lesion) < 0.3 * _apart(pixels, clear, lesion)


def test_the_edit_has_the_grain_of_skin_and_is_no_blur(cheek):
    pixels, clear, boxes = cheek
    edited = erase(pixels, boxes, NONE)
    lesions = ellipses(pixels.shape[:2], boxes, 1.0)
    assert 0.6 < _grain(edited, lesions) / _grain(clear, lesions) < 1.6


def test_nothing_changes_away_from_the_place_or_in_a_lesion_that_stays(cheek):
    pixels, _, boxes = cheek
    edited = erase(pixels, boxes[:1], boxes[1:])
    changed = (edited != pixels).any(axis=2)
    assert changed[ellipses(pixels.shape[:2], boxes[:1], 1.0)].mean() > 0.9
    assert not changed[~ellipses(pixels.shape[:2], boxes[:1], 2.0)].any()
    assert not changed[ellipses(pixels.shape[:2], boxes[1:], 1.0)].any()


def test_plain_skin_drawn_over_stays_plain_skin(cheek):
    _, clear, boxes = cheek
    lesion = ellipses(clear.shape[:2], boxes, 1.0)
    assert _apart(erase(clear, boxes, NONE), clear, lesion) < 5


@pytest.mark.parametrize("box", [(-4, -4, 9, 9), (250, 100, 262, 112), (0, 0, 260, 260)])
def test_a_place_at_the_edge_or_as_large_as_the_photo_is_drawn_over_all_the_same(cheek, box):
    pixels = cheek[0]
    edited = erase(pixels, np.array([box], dtype=float), NONE)
    assert edited.shape == pixels.shape and (edited != pixels).any()


def test_a_photo_without_places_is_as_it_was(cheek):
    pixels, _, boxes = cheek
    assert np.array_equal(erase(pixels, NONE, boxes), pixels)
