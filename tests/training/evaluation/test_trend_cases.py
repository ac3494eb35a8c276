"""The committed list of trend cases, and how one is drawn."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from training.config import read_config
from training.datasets.photo import UNKNOWN, AnnotatedPhoto
from training.datasets.sources import is_held_out, read_source
from training.evaluation.inpaint import GROWN, ellipses
from training.evaluation.trend_cases import TRENDS, Case, inflammatory_boxes, read_cases, write_cases
from training.evaluation.trend_draw import draw_case, plain_places

DATA = Path(__file__).parents[4] / "shared" / "data"
RUNS = sorted((Path(__file__).parents[3] / "training").glob("*.yaml"))


def test_a_list_is_read_as_it_was_written(tmp_path):
    places = np.array([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]])
    cases = [
        Case("clinic", "a b", "same", "first", 5, (), places),
        Case("clinic", "c", "worse", "first", 9, (0, 3), np.zeros((0, 4))),
    ]
    write_cases(cases, tmp_path / "list.csv", "Drawn by a test.")
    again = read_cases(tmp_path / "list.csv")
    assert (tmp_path / "list.csv").read_text().startswith("# Drawn by a test.\n")
    for case, its_twin in zip(cases, again, strict=True):
        assert (case.source, case.image, case.case, case.edited, case.boxes, case.erased) == (
            (its_twin.source, its_twin.image, its_twin.case, its_twin.edited, its_twin.boxes, its_twin.erased)
        )
        np.testing.assert_allclose(case.places, its_twin.places)


def test_the_committed_list_holds_every_trend_and_each_case_is_edited_as_its_trend_asks():
    cases = read_cases()
    shares = {trend: count / len(cases) for trend, count in Counter(case.case for case in cases).items()}
    assert set(shares) == set(TRENDS) and min(shares.values()) > 0.2
    for case in cases:
        assert bool(case.erased) != bool(len(case.places)) == (case.case == "same")
        assert case.edited in {"better": ("second",), "worse": ("first",), "same": ("first", "second")}[case.case]
        assert len(set(case.erased)) == len(case.erased) and all(0 <= number < case.boxes for number in case.erased)
        assert ((case.places >= 0) & (case.places <= 1)).all() and (case.places[:, 2:] > case.places[:, :2]).all()


def test_unchanged_faces_are_edited_in_as_many_places_as_changed_ones():
    edits = {trend: [] for trend in TRENDS}
    for case in read_cases():
        edits[case.case].append(len(case.erased) or len(case.places))
    medians = [np.median(some) for some in edits.values()]
    assert max(medians) - min(medians) <= 2


@pytest.mark.skipif(not DATA.exists(), reason="the real photos of ../shared/data are not here")
def test_every_case_is_a_photo_that_no_run_is_trained_on_and_fits_its_boxes():
    splits = (("acne04", "valid"), ("acnescu", "train"), ("web_mixed", "train"))
    photos = {(name, photo.path.stem): photo for name, split in splits for photo in read_source(DATA, name, split)}
    seen = {photo.group for photo in read_source(DATA, "acne04", "train")}
    runs = [read_config(path) for path in RUNS]
    for case in read_cases():
        photo = photos[case.source, case.image]
        case.fits(photo)
        for trained_on in (run.sources[case.source] for run in runs if case.source in run.sources):
            assert trained_on.split == "train"
            assert photo.group not in seen if case.source == "acne04" else is_held_out(photo.group, trained_on.held_out)


def _skin(seed=0):
    grain = np.random.default_rng(seed).normal(0, 4, (240, 240, 1))
    return (np.array([214, 168, 146]) + grain).clip(0, 255).astype(np.uint8)


def test_control_places_are_as_many_and_as_large_and_touch_no_box_and_lie_on_skin():
    pixels = _skin()
    pixels[:, 160:] = (40, 60, 90)
    boxes = np.array([[20, 20, 36, 40], [70, 100, 90, 116], [30, 180, 46, 196.0]])
    places = plain_places(pixels, boxes, boxes, np.random.default_rng(1))
    sizes = [sorted(map(tuple, some[:, 2:] - some[:, :2])) for some in (places, boxes)]
    np.testing.assert_allclose(*sizes)
    drawn = ellipses((240, 240), places, GROWN)
    assert not (drawn & ellipses((240, 240), boxes, GROWN)).any()
    assert drawn[:, 165:].mean() < 0.01
    assert drawn.sum() > 0.97 * sum(ellipses((240, 240), place[None], GROWN).sum() for place in places)


def test_where_skin_has_no_room_for_controls_a_photo_gets_better_instead(tmp_path):
    Image.fromarray(_skin()).save(tmp_path / "full.png")
    edges = np.arange(0, 1, 0.25, dtype=np.float32)
    boxes = np.array([[x, y, x + 0.25, y + 0.25] for x in edges for y in edges])
    photo = AnnotatedPhoto(tmp_path / "full.png", "clinic", "g", boxes, np.full(16, UNKNOWN), np.ones(4))
    drawn = draw_case(photo, "same", np.random.default_rng(2))
    assert drawn.case == "better" and drawn.erased and not len(drawn.places)


def test_comedones_are_not_erased(tmp_path):
    types = np.array([0, 1, 0, 3, UNKNOWN])
    photo = AnnotatedPhoto(tmp_path / "x.png", "clinic", "g", np.zeros((5, 4)), types, np.ones(4))
    assert inflammatory_boxes(photo).tolist() == [1, 3, 4]
    rng = np.random.default_rng(3)
    assert all(set(draw_case(photo, "worse", rng).erased) <= {1, 3, 4} for _ in range(30))
