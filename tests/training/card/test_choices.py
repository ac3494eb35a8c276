"""What was chosen is shown with what it was chosen by."""

import numpy as np
import pytest

from training.card.choices import choices, compared_for_card, sizes_for_card
from training.card.document import to_markdown
from training.evaluation.compare import compare
from training.evaluation.headline import Figure


def figures(values):
    values = np.asarray(values, dtype=float)
    groups = [f"group {index}" for index in range(len(values))]
    return [Figure("faces", "centre F1", lambda times: float(np.average(values, weights=times)), groups)]


@pytest.fixture
def rows():
    ordinary = np.linspace(0.4, 0.6, 40)
    return compare({"control": figures(ordinary), "taught": figures(ordinary + 0.1)})


def test_a_comparison_names_the_released_training_and_marks_a_gain(rows):
    text = to_markdown(choices({"compared": compared_for_card(rows, "taught")}))
    assert "**Released: taught.**" in text
    assert "| faces, centre F1 | 0.500 | 0.600 | +0.100 (+0.100 to +0.100), **better** |" in text


def test_a_training_that_was_not_compared_can_not_be_the_released_one(rows):
    with pytest.raises(ValueError, match=r"'other' was not compared; compared were control, taught"):
        compared_for_card(rows, "other")


def test_sizes_are_shown_with_their_latency(rows):
    measured = {
        "machine": "a phone",
        "long_side_px": 640,
        "latency": {"control": {"1": {"ms": 7.2}, "2": {"ms": 4.1}}, "taught": {"1": {"ms": 20.0}, "2": {"ms": 11.0}}},
        "figures": rows,
        "why": "Because.",
        "chosen": "taught",
    }
    text = to_markdown(choices({"sizes": sizes_for_card(measured)}))
    assert "| taught | 20 | 11 | 0.60 (" in text
    assert "sizes.png" in text


def test_nothing_measured_is_nothing_said():
    assert choices({}) == []
