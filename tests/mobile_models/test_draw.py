"""The drawing shows each counted lesion once, and nothing that was not counted."""

import numpy as np
import pytest
from PIL import ImageColor

from mobile_models.assessment import AssessedPhoto, Capture
from mobile_models.draw import draw
from mobile_models.image import Photo
from mobile_models.lesions import TYPES, Lesion
from mobile_models.marks import MARKS
from mobile_models.quality import Quality

GOOD = Quality(1.0, 1.0, 0.5, None, None, (), (), {})


@pytest.fixture
def assessed(paint_face):
    def of(kinds, guided=False, size=(1300, 1300)):
        lesions = tuple(
            Lesion(kind, 0.5, (300 + 150 * i, 600, 340 + 150 * i, 640), (0.25,) * 4, None, counted)
            for i, (kind, counted) in enumerate(kinds)
        )
        capture = Capture("x.jpg", Photo(paint_face(size=size), *size), guided=guided)
        return AssessedPhoto(capture, GOOD, lesions)

    return of


def near(picture, colour):
    return np.abs(np.asarray(picture).astype(int) - ImageColor.getrgb(colour)).max(axis=2) < 6


def test_each_type_has_its_own_colour_letters_and_line():
    assert set(MARKS) == set(TYPES)
    assert len({mark.colour for mark in MARKS.values()}) == len({m.letters for m in MARKS.values()}) == 4
    luminance = sorted(np.dot(ImageColor.getrgb(m.colour), [0.299, 0.587, 0.114]) for m in MARKS.values())
    assert luminance[0] > 120, "marks are read against their dark outline"


def test_counted_lesions_are_ringed_and_others_are_not(assessed, zone_table):
    picture = draw(assessed([("papule", True), ("nodule", False)]), zone_table)
    face = picture.crop((0, 0, 1300, 1300))
    assert near(face, MARKS["papule"].colour)[560:680, 260:420].sum() > 50
    assert not near(face, MARKS["nodule"].colour)[560:680, 410:570].any()


def test_the_lesion_itself_is_left_to_be_seen(assessed, zone_table):
    before = assessed([("papule", True)])
    after = draw(before, zone_table)
    box = (306, 606, 334, 634)
    assert np.array_equal(after.crop(box), before.capture.photo.pixels.crop(box))


def test_the_oval_is_drawn_when_guided(assessed, zone_table):
    plain, guided = (draw(assessed([], guided=g), zone_table) for g in (False, True))
    changed = (np.asarray(plain) != np.asarray(guided)).any(axis=2)
    assert changed[650, round(650 - 0.37 * 1300)]
    assert not changed[650, 650]


def test_a_photo_decoded_smaller_has_its_rings_in_place(paint_face, zone_table):
    lesion = Lesion("pustule", 0.5, (1200, 2400, 1240, 2440), (0.25,) * 4, None, True)
    capture = Capture("x.jpg", Photo(paint_face(size=(1500, 2000)), 3000, 4000))
    picture = draw(AssessedPhoto(capture, GOOD, (lesion,)), zone_table)
    ringed = np.argwhere(near(picture.crop((0, 0, 1500, 2000)), MARKS["pustule"].colour))
    assert np.abs(ringed.mean(axis=0) - (1210, 620)).max() < 25
