"""A calibration from photos, and counts by one that never saw the photo."""

import dataclasses

import numpy as np
import pytest

from mobile_models.calibration import Calibration
from mobile_models.lesions import GROUPS
from training.datasets.photo import UNKNOWN
from training.evaluation.fit import calibrate, count, folds_of, out_of_fold_calibrations, reference_count
from training.evaluation.plan import plan_of_folder

PLAN = plan_of_folder("clinic")


def test_photos_of_one_group_share_a_fold(clinic):
    photos = [
        dataclasses.replace(photo, photo=dataclasses.replace(photo.photo, group=f"clinic:{k // 3}"))
        for k, photo in enumerate(clinic(30))
    ]
    fold = folds_of(photos).reshape(-1, 3)
    assert (fold == fold[:, :1]).all()
    assert len(np.unique(fold)) == 5


def test_a_photos_own_boxes_do_not_move_its_calibration(clinic, seen):
    photos = clinic(20)
    before = out_of_fold_calibrations(photos, PLAN)[photos[0].photo.group]
    crowded = seen(
        [
            (*box, 1)
            for box in np.random.default_rng(0).uniform(0, 90, (60, 2)).repeat(2, axis=1)[:, [0, 2, 1, 3]]
            + [0, 0, 4, 4]
        ],
        list(zip(*photos[0].boxes.T, photos[0].classes, photos[0].scores, strict=True)),
        group=photos[0].photo.group,
    )
    after = out_of_fold_calibrations([crowded, *photos[1:]], PLAN)
    np.testing.assert_array_equal(after[crowded.photo.group].type_given, before.type_given)
    assert after[crowded.photo.group].groups["inflammatory"].base == before.groups["inflammatory"].base
    elsewhere = next(
        photo.photo.group for photo in photos if after[photo.photo.group] is not after[crowded.photo.group]
    )
    assert after[elsewhere].groups["inflammatory"].alpha != before.groups["inflammatory"].alpha


def test_counts_follow_the_annotated_ones(clinic):
    photos = clinic(120)
    calibration = Calibration.from_manifest(calibrate(photos, PLAN))
    for group in GROUPS:
        shown = np.array([count(photo, calibration).counts[group].value for photo in photos])
        annotated = np.array([reference_count(photo, group) for photo in photos])
        assert np.corrcoef(shown, annotated)[0, 1] > 0.7
        assert abs((shown - annotated).mean()) < 0.6


def test_untyped_boxes_are_inflammatory_lesions(seen):
    photo = seen([(1, 1, 5, 5, UNKNOWN), (10, 10, 15, 15, 0), (20, 20, 25, 25, 3)])
    assert reference_count(photo, "inflammatory") == 2
    assert reference_count(photo, "non_inflammatory") == 1


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_handful_of_photos_still_gives_a_calibration_that_a_phone_reads(clinic, number):
    calibration = Calibration.from_manifest(calibrate(clinic(number), PLAN))
    assert set(calibration.groups) == set(GROUPS)
