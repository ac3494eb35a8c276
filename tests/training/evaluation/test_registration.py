"""One photo laid on another."""

import cv2
import numpy as np
import pytest

from mobile_models.image import PhotoUnreadable
from training.evaluation.registration import landmarks_of, mirrored, read_landmarks, register


def test_a_second_capture_is_found_where_it_lies(scene, captured_again):
    first = scene(1)
    lie = register(landmarks_of(captured_again(first)), landmarks_of(first))
    assert lie.turn_deg == pytest.approx(-3, abs=0.5)
    assert lie.scale == pytest.approx(1.08, abs=0.02)
    assert 0.7 < lie.covered < 1
    assert lie.correlation < 0.96


def test_a_turned_copy_is_the_same_pixels(scene):
    first = landmarks_of(scene(1))
    lie = register(first, landmarks_of(np.rot90(first.grey).copy()))
    assert lie.turn_deg == pytest.approx(90, abs=0.5)
    assert lie.correlation > 0.96
    assert lie.covered > 0.98


def test_a_mirrored_copy_lies_only_on_the_mirror_image(scene):
    first = landmarks_of(scene(1))
    copy = landmarks_of(first.grey[:, ::-1].copy())
    assert register(first, copy) is None
    assert register(first, mirrored(copy)).correlation > 0.96


def test_a_part_covers_no_more_than_it_shows(scene):
    whole = scene(1)
    part = landmarks_of(cv2.resize(whole[:160, :160], (320, 320)))
    for lie in (register(landmarks_of(whole), part), register(part, landmarks_of(whole))):
        assert lie.covered == pytest.approx(0.25, abs=0.03)


def test_nothing_lies_on_another_scene_or_on_bare_skin(scene):
    first = landmarks_of(scene(1))
    assert register(first, landmarks_of(scene(2))) is None
    assert register(first, landmarks_of(np.full((320, 320), 128, np.uint8))) is None


def test_a_photo_that_cannot_be_read_is_named_by_its_error(tmp_path):
    with pytest.raises(PhotoUnreadable):
        read_landmarks(tmp_path / "gone.png")
