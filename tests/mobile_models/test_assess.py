"""From photos to an assessment: each zone once, and numbers that are the picture's."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from mobile_models.assess import VisitMalformed, assess
from mobile_models.assessment import Capture
from mobile_models.detector import ModelOutputInvalid
from mobile_models.image import Photo, read_photo
from mobile_models.lesions import TYPES
from mobile_models.orientation import EXIF_ORIENTATION
from mobile_models.zones import ZONES
from tests.assessments import flaws_of

SIZE = (720, 960)


@pytest.fixture
def captured(paint_face):
    def of(view="front", guided=True, tone=(200, 150, 125)):
        return Capture(f"{view}.jpg", Photo(paint_face(tone, size=SIZE), *SIZE), view, guided)

    return of


def row_at(u, v, kind="papule", score=0.9, zone_table=None):
    """A model row whose centre lies at those oval coordinates of a guided photo."""
    x, y = 0.5 + u * 0.37 / 0.96, 0.5 + v * 0.48 / 0.96
    return (y - 0.01, x - 0.01, y + 0.01, x + 0.01, TYPES.index(kind), score)


def check(assessment):
    """What holds of every assessment: the picture and the numbers agree."""
    counted = [lesion for photo in assessment.photos for lesion in photo.lesions if lesion.counted]
    for kind in TYPES:
        assert assessment.counts[kind].value == sum(lesion.type == kind for lesion in counted)
    assert assessment.counts["total"].value == len(counted)
    if assessment.zones is not None:
        for kind in TYPES:
            assert assessment.counts[kind].value == sum(zone[kind] for zone in assessment.zones.values())
        assert all(lesion.zone for lesion in counted)
    for photo in assessment.photos:
        scores = [lesion.score for lesion in photo.lesions]
        assert scores == sorted(scores, reverse=True)
    return assessment


@pytest.mark.parametrize("guided", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_the_released_model_counts_what_it_draws(guided, seed, detector, paint_face):
    photo = Photo(paint_face(size=SIZE, seed=seed), *SIZE)
    assessment = check(assess([Capture("x.png", photo, "front", guided)], detector))
    stored = json.loads(json.dumps(assessment.photo_json(), allow_nan=False))
    keys = ["photo", "view", "guided", "lesions", "quality"]
    assert flaws_of(assessment.visit_json()) == []
    assert list(stored)[: len(keys)] == keys
    assert stored["unavailable"] is None
    assert (stored["zones"] is None) is not guided
    assert stored["model"]["sha256"] == detector.bundle.model_sha256
    for lesion in stored["lesions"]:
        x0, y0, x1, y1 = lesion["box"]
        assert 0 <= x0 < x1 <= SIZE[0] and 0 <= y0 < y1 <= SIZE[1]
        assert lesion["score"] >= detector.bundle.calibration.score_floor


def test_the_same_photo_gives_the_same_answer(detector, captured):
    first, second = (assess([captured()], detector).photo_json() for _ in range(2))
    assert first == second


def test_boxes_are_in_pixels_of_the_upright_whole_photo(chosen_detector, captured):
    chosen_detector.rows = [row_at(0.5, 0.25)]
    (lesion,) = assess([captured()], chosen_detector).photos[0].lesions
    x0, y0, x1, y1 = lesion.box
    assert (x0 + x1) / 2 == pytest.approx(360 + 0.5 * 0.37 * 720, abs=1.5)
    assert (y0 + y1) / 2 == pytest.approx(480 + 0.25 * 0.48 * 720, abs=1.5)
    larger = replace(captured(), photo=replace(captured().photo, width_px=2880, height_px=3840))
    (four_times,) = assess([larger], chosen_detector).photos[0].lesions
    assert four_times.box == pytest.approx([4 * edge for edge in lesion.box], abs=0.05)


def test_lesions_outside_the_oval_are_listed_and_not_counted(chosen_detector, captured):
    chosen_detector.rows = [row_at(0.9, 0.9)] * 40 + [row_at(0.5, 0.25)] * 40
    assessment = check(assess([captured()], chosen_detector))
    zones = [lesion.zone for lesion in assessment.photos[0].lesions]
    assert zones.count(None) == 40
    assert {lesion.zone for lesion in assessment.photos[0].lesions if lesion.counted} == {"left_cheek"}


def test_in_a_visit_each_zone_counts_only_in_its_owners_view(chosen_detector, captured):
    # The same rows in every view: the patient's left cheek of the front view, the whole of the side views.
    chosen_detector.rows = [row_at(0.4, 0.3, score=0.95)] * 30
    front = check(assess([captured("front")], chosen_detector))
    three = check(assess([captured(v) for v in ("front", "left", "right")], chosen_detector))
    assert front.counts["papule"].expected > 0
    assert set(three.zones) == set(ZONES)
    counted = {
        photo.capture.view: {lesion.zone for lesion in photo.lesions if lesion.counted} for photo in three.photos
    }
    assert counted["front"] == set()
    assert counted["left"] == {"left_cheek"}
    assert counted["right"] == {"right_cheek"}


def test_a_partial_face_is_graded_as_such(detector, captured):
    assessment = check(assess([captured("left")], detector))
    assert set(assessment.zones) == {"left_cheek"}
    grades = {name: grade.to_json() for name, grade in assessment.grades.items()}
    assert grades["IGA"]["basis"] == "partial face: left_cheek"
    assert "unavailable" in grades["Hayashi"] and "unavailable" in grades["GAGS"]


def test_without_the_guide_there_are_no_zones_no_hayashi_and_no_gags(detector, captured):
    assessment = assess([captured(guided=False)], detector)
    grades = {name: grade.to_json() for name, grade in assessment.grades.items()}
    assert assessment.zones is None
    assert grades["IGA"]["basis"] == grades["GEA"]["basis"] == "unguided photo"
    assert "unavailable" in grades["Hayashi"] and "unavailable" in grades["GAGS"]


def test_with_the_guide_every_instrument_answers(detector, captured):
    for grade in assess([captured()], detector).grades.values():
        shown = grade.to_json()
        assert sum(shown["distribution"].values()) == pytest.approx(1, abs=1e-4)
        assert str(shown["value"]) in shown["distribution"]
        assert shown["basis"] == "guided face"


@pytest.mark.parametrize("tone", [f"monk-{n:02}" for n in range(1, 11)])
def test_skin_of_every_tone_is_graded(tone, detector, captured, monk_tones):
    assert all(hasattr(g, "value") for g in assess([captured(tone=monk_tones[tone])], detector).grades.values())


@pytest.mark.parametrize("colour", [(128, 128, 128), (50, 140, 60), (60, 80, 190), (250, 250, 250)])
def test_little_skin_is_a_warning_and_leaves_no_grade(colour, detector, captured):
    assessment = assess([captured(tone=colour)], detector)
    shown = assessment.photo_json()
    assert "little_skin" in [w["code"] for w in shown["quality"]["warnings"]]
    assert all("skin" in grade["unavailable"] for grade in shown["grades"].values())
    assert set(shown["counts"]) == {*TYPES, "inflammatory", "non_inflammatory", "total"}


def test_a_face_without_any_candidate_is_assessed(chosen_detector, captured):
    assessment = check(assess([captured()], chosen_detector))
    assert assessment.counts["total"].value == 0
    assert assessment.photos[0].lesions == ()


def test_nan_from_a_model_is_refused(chosen_detector, captured):
    chosen_detector.rows = [(0.1, 0.1, 0.2, 0.2, 1, float("nan"))]
    with pytest.raises(ModelOutputInvalid):
        assess([captured()], chosen_detector)


@pytest.mark.parametrize(
    ("visit", "problem"),
    [
        ([], "at least one"),
        ([("front", False), ("left", False)], "twice"),
        ([("front", True), ("left", False)], "some not"),
        ([("top", True)], "no view"),
    ],
)
def test_photos_that_make_no_visit_are_refused(visit, problem, detector, captured):
    with pytest.raises(VisitMalformed, match=problem):
        assess([captured(view, guided) for view, guided in visit], detector)


def test_a_visit_of_one_photo_says_the_same_as_the_photo(detector, captured):
    assessment = assess([captured()], detector)
    photo, visit = assessment.photo_json(), assessment.visit_json()
    assert visit["visit"] is True
    assert {key: photo[key] for key in visit["photos"][0]} == visit["photos"][0]
    assert all(visit[key] == photo[key] for key in ("counts", "zones", "grades", "model", "experimental"))


def test_a_turned_photo_gives_what_the_upright_one_gives(detector, paint_face, encode):
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = 6
    upright = paint_face(size=SIZE)
    files = encode(upright, "PNG"), encode(upright.transpose(Image.Transpose.ROTATE_90), "PNG", exif=exif)
    first, second = (assess([Capture("x", read_photo(f), "front", True)], detector).photo_json() for f in files)
    assert first == second


def test_what_cannot_be_judged_keeps_its_counts_for_research_and_has_no_grade(detector, captured):
    shown = assess([captured(tone=(128, 128, 128))], detector).photo_json()
    assert shown["unavailable"]["code"] == shown["quality"]["unavailable"]["code"]
    assert {*shown["counts"]} == {*TYPES, "inflammatory", "non_inflammatory", "total"}
    assert all(grade["unavailable"] == shown["unavailable"]["message"] for grade in shown["grades"].values())


def test_skin_without_a_whole_face_is_counted_but_not_graded(detector, monk_tones):
    grain = np.random.default_rng(1).normal(0, 6, (640, 640, 1))
    patch = Image.fromarray((np.array(monk_tones["monk-05"]) + grain).clip(0, 255).astype(np.uint8))
    shown = assess([Capture("close-up", Photo(patch, 640, 640))], detector).photo_json()
    assert shown["unavailable"] is None
    assert [note["code"] for note in shown["quality"]["notes"]] == ["no_whole_face"]
    assert shown["quality"]["warnings"] == []
    assert all("no grade" in grade["unavailable"] for grade in shown["grades"].values())


def test_a_probable_nodule_is_spoken_of_whatever_the_grade(chosen_detector, captured):
    chosen_detector.rows = [(0.5, 0.4, 0.55, 0.45, 3, 0.9)]
    shown = assess([captured()], chosen_detector).photo_json()
    assert [finding["code"] for finding in shown["findings"]] == ["deep_spots"]
    chosen_detector.rows = []
    assert assess([captured()], chosen_detector).photo_json()["findings"] == []
