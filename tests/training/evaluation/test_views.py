"""Double counts and misses of a visit whose lesions' places are known."""

import json

import numpy as np
import pytest
from PIL import Image

from mobile_models.assessment import AssessedPhoto, Assessment
from mobile_models.bundle import Bundle
from mobile_models.lesions import Lesion
from mobile_models.quality import Quality
from mobile_models.zones import VIEWS
from training.bootstrap import Figure
from training.evaluation.views import (
    Owned,
    ViewFigures,
    assess_before_release,
    counted_lesions,
    fates_of,
    read_visits,
    shares,
    view_figures,
)
from training.json_form import from_json, to_json

OVAL = Bundle.open().zones
WIDTH, HEIGHT = 300, 400


def box_at(u, v):
    """Box of 10 px about oval coordinates, in a photo of 300 × 400."""
    x, y = WIDTH / 2 + u * OVAL.radius_u * WIDTH, HEIGHT / 2 + v * OVAL.radius_v * WIDTH
    return [x - 5, y - 5, x + 5, y + 5]


LESIONS = [
    # On the forehead, which the front view owns; the left view shows it outside its zone.
    {"type": "papule", "boxes": {"front": box_at(0, -0.6), "left": box_at(-0.8, -0.5)}},
    # Beside the nose: cheek for the left view, nose for the front view. Counted twice.
    {"type": "pustule", "boxes": {"front": box_at(-0.2, 0), "left": box_at(-0.5, 0)}},
    # Cheek of the front view, which does not own it; the left view does not show it.
    {"type": "comedo", "boxes": {"front": box_at(0.5, 0)}},
    # Outside the oval.
    {"type": "papule", "boxes": {"front": box_at(0.9, 0.9)}},
    # Under the chin, where no view sees it.
    {"type": "nodule", "boxes": {}},
]


@pytest.fixture
def folder(tmp_path):
    """Two visits of the same lesions, on plain skin."""
    for person in ("v1", "v2"):
        rows = [{"id": number, **lesion} for number, lesion in enumerate(LESIONS)]
        (tmp_path / f"{person}.json").write_text(json.dumps({"ita": 30.0, "lesions": rows}))
        for view in VIEWS:
            Image.new("RGB", (WIDTH, HEIGHT), (214, 168, 146)).save(tmp_path / f"{person}-{view}.jpg")
    return tmp_path


def _assessment(visit, boxes):
    """An assessment that counts one lesion at each of those boxes, a view."""
    photos = tuple(
        AssessedPhoto(
            capture,
            Quality(1.0, 1.0, 1.0, None, None, (), (), {}),
            tuple(Lesion("papule", 0.9, box, (0, 1, 0, 0), None, True) for box in boxes.get(capture.view, ())),
        )
        for capture in visit.captures
    )
    return Assessment(photos, None, (), {}, None, None, 1, {}, {})


def test_geometry_counts_each_lesion_as_often_as_views_own_it(folder):
    visit = read_visits(folder)[0]
    fates = fates_of(visit, _assessment(visit, {}), OVAL)
    assert [fate.owned for fate in fates] == [1, 2, 0, 0, 0]
    assert [fate.zoned for fate in fates] == [1, 2, 1, 0, 0]
    assert [fate.seen for fate in fates] == [2, 2, 1, 1, 0]
    assert [fate.front_owned for fate in fates] == [True, True, True, False, False]
    assert [fate.inflammatory for fate in fates] == [True, True, False, True, True]


def test_a_lesion_counted_in_two_photos_is_counted_twice_and_a_spot_elsewhere_is_none(folder):
    visit = read_visits(folder)[0]
    nose = LESIONS[1]["boxes"]
    assessment = _assessment(visit, {"front": [nose["front"], box_at(0, 0.9)], "left": [nose["left"]]})
    assert [fate.counted for fate in fates_of(visit, assessment, OVAL)] == [0, 2, 0, 0, 0]


def test_two_counts_of_one_photo_on_one_lesion_stand_for_it_once(folder):
    visit = read_visits(folder)[0]
    forehead = LESIONS[0]["boxes"]["front"]
    photo = _assessment(visit, {"front": [forehead, forehead]}).photos[0]
    assert counted_lesions(photo, visit.boxes["front"]) == [0]


def test_shares_of_the_fates_add_up(folder):
    visit = read_visits(folder)[0]
    fates = [fate for _ in range(4) for fate in fates_of(visit, _assessment(visit, {}), OVAL)]
    geometry = {name: figure.value for name, figure in vars(shares(fates).geometry).items()}
    assert geometry["once"] == 0.2 and geometry["twice"] == 0.2 and geometry["missed"] == 0.6
    reasons = [value for name, value in geometry.items() if name.startswith("missed_as")]
    np.testing.assert_allclose(reasons, 0.2)
    assert geometry["missed_by_the_front_view_alone"] == 0.4


def test_a_phone_that_sees_plain_skin_misses_every_lesion_whatever_its_geometry(folder):
    bundle = Bundle.open()
    calibration = {**bundle.manifest["calibration"], "input_size_px": bundle.input_size_px}
    figures = view_figures(assess_before_release(bundle.model_path, calibration), folder, OVAL)
    assert [person.geometry for person in figures.people] == [Owned(twice=1, missed=3)] * 2
    assert [person.detector.missed for person in figures.people] == [5, 5]
    assert figures.total.detector.missed == Figure(n=10, value=1.0, low=1.0, high=1.0)
    assert from_json(ViewFigures, json.loads(json.dumps(to_json(figures)))) == figures


def test_a_folder_without_visits_is_refused_with_the_remedy(tmp_path):
    with pytest.raises(ValueError, match=r"python -m training\.synthetic views"):
        read_visits(tmp_path)
