"""Several members' boxes become one lesion."""

import numpy as np
import pytest

from training.fusion import fuse
from training.soft_labels import SoftLabels

PAPULE, PUSTULE = np.eye(4, dtype=np.float32)[[1, 2]]


def seen(*rows):
    boxes, chances, shares = zip(*rows, strict=True) if rows else ((), (), ())
    return SoftLabels(
        np.array(boxes, dtype=np.float32).reshape(-1, 4),
        np.array(chances, dtype=np.float32),
        np.array(shares, dtype=np.float32).reshape(-1, 4),
    )


def test_a_lesion_that_two_members_see_lies_between_their_boxes_by_weight():
    fused = fuse([seen(([0, 0, 0.4, 0.4], 0.6, PAPULE)), seen(([0.04, 0, 0.44, 0.4], 0.2, PUSTULE))], 0.5)
    assert len(fused) == 1
    assert fused.boxes[0].tolist() == pytest.approx([0.01, 0, 0.41, 0.4])
    assert fused.any[0] == pytest.approx(0.4)
    assert fused.shares[0].tolist() == pytest.approx([0, 0.75, 0.25, 0])


def test_a_lesion_that_one_of_two_members_sees_is_half_as_likely():
    fused = fuse([seen(([0, 0, 0.4, 0.4], 0.6, PAPULE)), seen()], 0.5)
    assert fused.any.tolist() == pytest.approx([0.3])


def test_a_member_that_sees_a_lesion_twice_has_one_say():
    twice = seen(([0, 0, 0.4, 0.4], 0.6, PAPULE), ([0.04, 0, 0.44, 0.4], 0.5, PUSTULE))
    fused = fuse([twice, seen(([0, 0, 0.4, 0.4], 0.2, PAPULE))], 0.5)
    assert fused.any.tolist() == pytest.approx([0.4])
    assert fused.boxes[0].tolist() == pytest.approx([0, 0, 0.4, 0.4])


def test_lesions_apart_stay_apart_and_come_best_first():
    fused = fuse([seen(([0, 0, 0.1, 0.1], 0.3, PAPULE), ([0.5, 0.5, 0.6, 0.6], 0.9, PUSTULE))], 0.5)
    assert fused.any.tolist() == pytest.approx([0.9, 0.3])
    assert fused.shares[0].tolist() == PUSTULE.tolist()


def test_nothing_seen_is_nothing():
    assert len(fuse([seen(), seen()], 0.5)) == 0
