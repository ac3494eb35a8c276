"""Two campaigns' boxes of one photo, as one annotation."""

import numpy as np
import pytest

from training.datasets.photo import BUMP, UNKNOWN, AnnotatedPhoto
from training.datasets.two_campaigns import SECOND_STANDS, united

RED, BUMP_ON_RED, SMALL, LARGE = ".5 .5 .04 .04", ".505 .5 .02 .02", ".2 .2 .01 .012", ".8 .2 .05 .05"


@pytest.fixture
def first(tmp_path):
    boxes = np.array([[0.48, 0.48, 0.52, 0.52]], dtype=np.float32)
    types, background = np.array([UNKNOWN]), np.array([0.6, 1, 1, 1], dtype=np.float32)
    return AnnotatedPhoto(tmp_path / "a.jpg", "clinic", "a", boxes, types, background)


@pytest.fixture
def second(tmp_path):
    def write(*lines):
        (tmp_path / "a.txt").write_text("".join(f"5 {line}\n" for line in lines))
        return tmp_path / "a.txt"

    return write


def test_a_lesion_that_both_boxed_is_one_with_the_first_campaigns_box(first, second):
    both = united(first, second(RED, BUMP_ON_RED))
    assert both.boxes.tolist() == first.boxes.tolist()
    assert both.types.tolist() == [UNKNOWN]


def test_what_only_the_second_boxed_is_a_lesion_too_and_a_bump_where_it_is_small(first, second):
    both = united(first, second(SMALL, LARGE))
    assert both.types.tolist() == [UNKNOWN, BUMP, UNKNOWN]
    assert both.boxes[1].tolist() == pytest.approx([0.195, 0.194, 0.205, 0.206])


def test_what_both_would_count_is_ranked_above_what_only_the_second_does(first, second):
    assert united(first, second(SMALL)).standing.tolist() == pytest.approx([1.0, SECOND_STANDS])


def test_a_second_campaign_left_off_half_way_is_dropped_and_speaks_against_no_bump(first, second, tmp_path):
    crowded = np.tile(first.boxes, (5, 1)) + np.linspace(0, 0.2, 5, dtype=np.float32)[:, None]
    photo = AnnotatedPhoto(first.path, "clinic", "a", crowded, np.full(5, UNKNOWN), first.background)
    for label in (second(SMALL, LARGE), tmp_path / "none.txt"):
        alone = united(photo, label)
        assert alone.boxes.tolist() == crowded.tolist()
        assert alone.standing is None
        assert alone.background.tolist() == pytest.approx([0.3, 0.7, 1.0, 1.0])
