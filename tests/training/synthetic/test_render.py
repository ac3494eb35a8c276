import numpy as np
import pytest

from training.synthetic.acne import sample_acne
from training.synthetic.camera import guided_camera
from training.synthetic.render import Shot, photograph, sample_shot
from training.synthetic.scene import build_scene
from training.synthetic.sites import zone_of_pixel

pytestmark = pytest.mark.slow


def _acne(sites, who, total=40):
    return sample_acne(who, sites, np.random.default_rng(5), total)


def test_the_same_seed_gives_the_same_pixels(cheek_close_up):
    scene, _, _ = cheek_close_up(50.0)
    again = build_scene(scene.who, scene.surface.camera, scene.light, 1.0)
    shot = sample_shot(np.random.default_rng(3))
    assert np.array_equal(photograph(scene, [], shot).pixels, photograph(again, [], shot).pixels)


def test_every_true_box_lies_inside_the_photo_over_pixels_that_its_lesion_changed(guided_scenes):
    scenes, sites = guided_scenes
    for scene in scenes.values():
        lesions = [lesion for lesion in _acne(sites, scene.who) if lesion.kind not in ("mark", "mole")]
        shot = Shot(noise=0.0, tilt_degrees=1.5, shift_px=(3.0, -2.0), zoom=1.01)
        photo = photograph(scene, lesions, shot)
        clear = photograph(scene, [], shot).pixels.astype(int)
        assert len(photo.lesions) >= 10
        height, width, _ = photo.pixels.shape
        for drawn in photo.lesions:
            x0, y0, x1, y1 = drawn.box
            assert 0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height
            rows, cols = slice(int(y0), int(np.ceil(y1))), slice(int(x0), int(np.ceil(x1)))
            assert np.abs(photo.pixels[rows, cols].astype(int) - clear[rows, cols]).max() >= 8, drawn


def test_a_clear_face_has_no_true_lesion(guided_scenes):
    scenes, sites = guided_scenes
    who = scenes["front"].who
    assert photograph(scenes["front"], _acne(sites, who, total=0), Shot()).lesions == ()


def test_most_lesions_of_the_left_cheek_are_in_it_in_both_views(guided_scenes):
    scenes, sites = guided_scenes
    lesions = _acne(sites, scenes["front"].who, total=60)
    seen = {v: {d.lesion: d.box for d in photograph(s, lesions, Shot()).lesions} for v, s in scenes.items()}
    both = [lesion for lesion in seen["front"].keys() & seen["left"].keys() if lesion.zone == "left_cheek"]
    agree = 0
    for lesion in both:
        zones = set()
        for view, boxes in seen.items():
            x0, y0, x1, y1 = boxes[lesion]
            zones.add(zone_of_pixel(view, 300, 400, (x0 + x1) / 2, (y0 + y1) / 2))
        agree += zones == {"left_cheek"}
    assert len(both) >= 5
    assert agree >= 0.8 * len(both)


def test_the_side_view_zones_and_the_front_view_zones_hold_the_same_skin(guided_scenes):
    _, sites = guided_scenes
    camera = guided_camera("left")
    toward = camera.origin() - sites.place
    toward /= np.linalg.norm(toward, axis=1, keepdims=True)
    facing = np.einsum("ij,ij->i", toward, sites.normal) > 0.22
    pixels = camera.project(sites.place[facing])
    side = np.array([zone_of_pixel("left", 600, 800, x, y) == "left_cheek" for x, y in pixels])
    front = sites.zone[facing] == "left_cheek"
    assert (side & front).sum() > 0.85 * front.sum()
    assert (side & front).sum() > 0.85 * side.sum()
