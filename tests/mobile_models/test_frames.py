"""Re-posed frames of one view: counts are averaged, the sharpest is drawn, and what cannot be judged does not count."""

import pytest
from PIL import ImageFilter

from mobile_models.assess import VisitMalformed, assess
from mobile_models.assessment import Capture
from mobile_models.image import Photo


@pytest.fixture(scope="module")
def photos(bundle):
    from mobile_models.image import read_photo

    return {
        name: read_photo(bundle.folder / "golden" / "photos" / f"{name}.png")
        for name in ("front", "later", "left", "dark")
    }


def capture(photo, view="front", name=None, guided=True):
    return Capture(name or view, photo, view, guided)


def mean(assessment):
    return assessment.counts["inflammatory"].expected


def test_expected_counts_of_frames_are_averaged(photos, detector):
    first, second = (assess([capture(photos[name])], detector) for name in ("front", "later"))
    both = assess([capture(photos["front"], name="a"), capture(photos["later"], name="b")], detector)
    assert mean(both) == pytest.approx((mean(first) + mean(second)) / 2)
    assert both.frames == 2
    assert first.frames == 1


def test_the_drawn_lesions_are_those_of_the_sharpest_frame(photos, detector):
    sharp = photos["front"]
    soft = Photo(sharp.pixels.filter(ImageFilter.GaussianBlur(1)), *sharp.pixels.size)
    assessment = assess([capture(soft, name="soft"), capture(sharp, name="sharp")], detector)
    assert [photo.capture.name for photo in assessment.photos] == ["sharp"]
    drawn = sum(lesion.counted for lesion in assessment.photos[0].lesions)
    assert (
        drawn == assessment.counts["total"].value == sum(sum(by_type.values()) for by_type in assessment.zones.values())
    )


def test_a_visit_rests_on_the_fewest_frames_of_a_view(photos, detector):
    assessment = assess([capture(photos["front"]), capture(photos["later"]), capture(photos["left"], "left")], detector)
    assert assessment.frames == 1
    assert [photo.capture.view for photo in assessment.photos] == ["front", "left"]


def test_expected_lesions_by_zone_add_up_to_the_count(photos, detector):
    assessment = assess([capture(photos["front"])], detector)
    by_zone = sum(zone["inflammatory"] for zone in assessment.visit_json()["zones_expected"].values())
    assert by_zone == pytest.approx(mean(assessment), abs=1e-3)
    assert assess([capture(photos["front"], guided=False)], detector).zones_expected is None


def test_several_views_need_the_guide_as_before(photos, detector):
    with pytest.raises(VisitMalformed, match="twice"):
        assess([capture(photos["front"], guided=False), capture(photos["left"], "left", guided=False)], detector)
