"""Trend accuracy where the right answer is known: discs drawn on plain skin, counted exactly or not at all."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mobile_models.bundle import Bundle
from training.bootstrap import Figure
from training.datasets.photo import UNKNOWN, AnnotatedPhoto
from training.evaluation.predict import Runner
from training.evaluation.trend import (
    by_direction,
    fit_tolerance,
    responsiveness,
    trend_figures,
)
from training.evaluation.trend_cases import Case, CasesDoNotFit
from training.evaluation.trend_pairs import Pair, edit, measure_pairs
from training.evaluation.trend_plot import plot_trend
from training.json_form import to_json

CENTRES = [(60 + 60 * column, 60 + 60 * row) for row in range(2) for column in range(4)]
NONE = np.zeros((0, 4))


@pytest.fixture(scope="module")
def runner():
    return Runner(Bundle.open().model_path, threads=1)


@pytest.fixture
def photo(tmp_path):
    """Eight red discs on skin with some grain."""
    grain = np.random.default_rng(0).normal(0, 4, (180, 320, 1))
    image = Image.fromarray((np.array([214, 168, 146]) + grain).clip(0, 255).astype(np.uint8))
    boxes = np.array([[x - 8, y - 8, x + 8, y + 8] for x, y in CENTRES])
    for box in boxes:
        ImageDraw.Draw(image).ellipse(box.tolist(), fill=(170, 40, 40))
    image.save(tmp_path / "discs.png")
    relative = (boxes / [320, 180, 320, 180]).astype(np.float32)
    types = np.full(len(boxes), UNKNOWN)
    return AnnotatedPhoto(tmp_path / "discs.png", "clinic", "clinic:discs", relative, types, np.ones(4, np.float32))


def case(what, erased=(), edited="second", boxes=8, places=NONE):
    return Case("clinic", "discs", what, edited, boxes, tuple(erased), places)


def discs(predicted):
    """An exact counter: how many of the centres are red in the file that was measured."""
    pixels = np.asarray(Image.open(predicted.photo.path)).astype(int)
    return {"inflammatory": float(sum(pixels[y, x, 0] > 2 * pixels[y, x, 1] for x, y in CENTRES))}


def pair(what, first, second, expected, group="a"):
    return Pair(case(what), group, (first, second), expected)


def test_an_exact_counter_sees_in_the_edited_files_what_the_case_says(runner, photo):
    plain = np.array([[0.85, 0.1, 0.9, 0.2]])
    cases = [case("better", range(6)), case("worse", [0, 7], "first"), case("same", places=plain)]
    pairs = measure_pairs(runner, {"clinic": [photo]}, discs, cases)
    assert [pair.expected for pair in pairs] == [(8, 2), (6, 8), (8, 8)]
    assert [pair.annotated for pair in pairs] == [(8, 2), (6, 8), (8, 8)]
    assert [pair.group for pair in pairs] == ["clinic:discs"] * 3


def test_the_photos_of_a_pair_are_deleted_and_the_original_stays_as_it_was(runner, photo):
    before, seen = photo.path.read_bytes(), []
    measure_pairs(
        runner, {"clinic": [photo]}, lambda p: (seen.append(p.photo.path), discs(p))[1], [case("better", [1])]
    )
    assert len(seen) == 2 and not any(path.exists() for path in seen)
    assert photo.path.read_bytes() == before


def test_an_unchanged_pair_is_edited_as_well(photo):
    pixels = np.asarray(Image.open(photo.path))
    copy, annotated = edit(pixels, photo, case("same", places=np.array([[0.85, 0.1, 0.9, 0.2]])))
    assert (copy != pixels).any()
    assert len(annotated.boxes) == len(photo.boxes)


def test_cases_of_photos_that_are_not_held_out_are_left_out_and_without_any_nothing_is_measured(runner, photo):
    elsewhere = replace(case("better", [0]), image="trained")
    assert len(measure_pairs(runner, {"clinic": [photo]}, discs, [elsewhere, case("better", [0])])) == 1
    with pytest.raises(CasesDoNotFit, match="draw them again"):
        measure_pairs(runner, {"clinic": [photo]}, discs, [elsewhere])


@pytest.mark.parametrize("wrong", [case("better", [0], boxes=9), case("better", [8])])
def test_a_case_drawn_from_other_boxes_is_refused(runner, photo, wrong):
    with pytest.raises(CasesDoNotFit, match="draw"):
        measure_pairs(runner, {"clinic": [photo]}, discs, [wrong])


def test_the_tolerance_is_the_change_up_to_which_pairs_are_the_same():
    still = [pair("same", 9, 9, (9.0, (3 - change) ** 2)) for change in (0.0, 0.1, -0.1)]
    moved = [pair("better", 9, 4, (9.0, (3 - change) ** 2)) for change in (0.5, 0.8)]
    assert 0.1 <= fit_tolerance(still + moved) < 0.5


def test_a_group_has_no_say_in_its_own_tolerance():
    """Every group but one is sure that changes of 0.5 are the same; that one alone thinks otherwise."""
    pairs = [pair("same", 9, 9, (9.0, 6.25), group=str(number)) for number in range(20)]
    odd = pair("better", 9, 6, (9.0, 6.25), group="odd")
    said, tolerance = by_direction([*pairs, odd])
    assert said[-1] == "same"
    assert tolerance == pytest.approx(0.5)


def _many():
    """Forty halved, forty unchanged and forty that lost one of nine, each counted without error."""
    halved = [pair("better", 10, 4, (10.0, 4.0), f"h{k}") for k in range(40)]
    still = [pair("same", 9, 9, (9.0, 9.0), f"s{k}") for k in range(40)]
    small = [pair("better", 9, 8, (9.0, 8.0), f"o{k}") for k in range(40)]
    return halved + still + small


def test_without_count_errors_direction_is_always_right():
    figures = trend_figures(_many())
    assert figures.cases == {"better": 80, "same": 40, "worse": 0}
    assert figures.direction.all.value == 1.0
    assert figures.direction.primary == Figure(n=80, value=1.0, low=1.0, high=1.0)
    assert figures.direction.by_lesions["1-2"].value == 1.0
    assert figures.direction.true_by_called == [[80, 0, 0], [0, 40, 0], [0, 0, 0]]


def test_nothing_is_called_a_verdict_of_two_photos():
    assert set(to_json(trend_figures(_many()))) == {
        "measure",
        "cases",
        "photos",
        "primary",
        "responsiveness",
        "direction",
    }


def test_a_counter_that_never_changes_is_right_about_unchanged_pairs_alone():
    blind = [Pair(pair.case, pair.group, pair.annotated, (5.0, 5.0)) for pair in _many()]
    figures = trend_figures(blind)
    assert figures.direction.primary.value == 0.5
    assert figures.direction.unchanged.value == 1.0
    assert figures.direction.changed.value == 0.0
    assert figures.responsiveness.value == 0.0


def test_responsiveness_is_the_share_of_the_annotated_change_that_is_predicted():
    pairs = [pair("worse", 4, 16, (4.0, 9.0), str(number)) for number in range(12)]
    assert responsiveness(pairs).value == 0.5


def test_a_counter_that_moves_the_wrong_way_is_told_apart_from_one_that_does_not_move():
    figures = trend_figures([Pair(pair.case, pair.group, pair.annotated, pair.expected[::-1]) for pair in _many()])
    assert figures.direction.called_the_opposite == 80


def test_the_plot_is_drawn(tmp_path):
    plot_trend(_many(), tmp_path / "trend.png")
    with Image.open(tmp_path / "trend.png") as drawn:
        assert drawn.size[0] > 400
