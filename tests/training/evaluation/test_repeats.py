"""Which photos are repeated captures."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from training.evaluation.repeats import repeat_pairs


@pytest.fixture
def shot(seen, tmp_path):
    """Store grey values under a name that carries a time."""

    def store(grey, name):
        path = tmp_path / f"{name}.png"
        cv2.imwrite(str(path), grey)
        return replace(seen(name=name).photo, path=path)

    return store


def test_a_second_capture_of_the_pose_is_a_repeat(shot, scene, captured_again):
    first = scene(1)
    photos = [shot(first, "a_20230616_120000"), shot(captured_again(first), "b_20230616_120130")]
    assert repeat_pairs(photos) == [(0, 1)]


@pytest.mark.parametrize(
    "copied",
    [np.copy, np.rot90, lambda grey: np.rot90(grey, 2), np.fliplr, np.flipud, lambda grey: np.rot90(np.fliplr(grey))],
    ids=["as it is", "a quarter turn", "half a turn", "mirrored", "upside down", "turned and mirrored"],
)
def test_a_copy_is_no_repeat_and_takes_no_part_in_a_second_pair(shot, scene, captured_again, copied):
    first = scene(1)
    photos = [shot(first, "a_20230616_120000"), shot(copied(first), "a_20230616_120005")]
    assert repeat_pairs(photos) == []
    again = captured_again(first)
    both = [*photos, shot(again, "b_20230616_120010"), shot(copied(again), "b_20230616_120012")]
    assert len(repeat_pairs(both)) == 1


def test_copies_stored_hours_later_do_not_make_a_second_pair(shot, scene, captured_again):
    first = scene(1)
    both = first, captured_again(first)
    photos = [shot(grey, f"a_20230616_12000{k}") for k, grey in enumerate(both)]
    later = [shot(np.fliplr(grey), f"a_20230616_17000{k}") for k, grey in enumerate(both)]
    assert len(repeat_pairs(photos + later)) == 1


def test_of_the_stored_versions_those_the_same_way_up_are_a_pair(shot, scene, captured_again):
    first = scene(1)
    photos = [
        shot(np.rot90(first), "a_20230616_120000"),
        shot(first, "b_20230616_120000"),
        shot(captured_again(first), "c_20230616_120003"),
    ]
    assert repeat_pairs(photos) == [(1, 2)]
    assert repeat_pairs([photos[0], photos[2]]) == []


def test_another_scene_a_later_hour_or_an_unknown_time_is_no_repeat(shot, scene, captured_again):
    first, again = scene(1), captured_again(scene(1))
    taken = shot(first, "a_20230616_120000")
    assert repeat_pairs([taken, shot(scene(2), "b_20230616_120002")]) == []
    for name in ("b_20230616_120201", "b_20230617_120000", "b_20239999_990000", "no_stamp"):
        assert repeat_pairs([taken, shot(again, name)]) == []


def test_a_part_seen_from_closer_is_no_repeat(shot, scene):
    whole = scene(1)
    closer = cv2.resize(whole[40:280, 40:280], (320, 320))
    assert repeat_pairs([shot(whole, "a_20230616_120000"), shot(closer, "b_20230616_120002")]) == []


def test_the_best_registered_pair_is_taken_and_each_capture_once(shot, scene, captured_again):
    first = scene(1)
    twice = captured_again(first)
    photos = [
        shot(first, "a_20230616_120000"),
        shot(captured_again(twice), "b_20230616_120002"),
        shot(twice, "c_20230616_120004"),
    ]
    assert len(pairs := repeat_pairs(photos)) == 1
    assert 2 in pairs[0]
