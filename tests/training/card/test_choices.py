"""What was chosen is shown with what it was chosen by."""

from dataclasses import replace

import numpy as np
import pytest

from training.card.card import write_card
from training.card.choices import size_for_card, training_for_card
from training.evaluation.compare import compare
from training.evaluation.headline import Figure
from training.evaluation.latency import Latency
from training.evaluation.measured import Measured, Metrics
from training.evaluation.repeatability import detectable_change
from training.evaluation.sizes import Sizes
from training.provenance import TrainingData

NAMES = "notes fitted_on detection by_type types counts clear levels grades reliability tone failures"
EMPTY = {name: {} for name in NAMES.split()}


@pytest.fixture
def card():
    """The card of a model of which nothing was measured but some choices."""

    def write(**chosen):
        training = TrainingData(data_sha256="0" * 64, sources=[], measured_only=[], passes=1)
        calibration = {"input_size_px": 640, "interval": 0.95, "standard": "clinic"}
        metrics = replace(Metrics(standard_note="", photos=0, **EMPTY), **chosen)
        mdc = detectable_change([], "nobody")
        return write_card(Measured(calibration=calibration, mdc=mdc, metrics=metrics, training=training))

    return write


def figures(values):
    values = np.asarray(values, dtype=float)
    groups = [f"group {index}" for index in range(len(values))]
    return [Figure("faces", "centre F1", lambda times: float(np.average(values, weights=times)), groups)]


@pytest.fixture
def rows():
    ordinary = np.linspace(0.4, 0.6, 40)
    return compare({"control": figures(ordinary), "taught": figures(ordinary + 0.1)})


def test_a_comparison_names_the_released_training_and_marks_a_gain(rows, card):
    text = card(compared=training_for_card(rows, "taught"))
    assert "**Released: taught.**" in text
    assert "| faces, centre F1 | 0.500 | 0.600 | +0.100 (+0.100 to +0.100), **better** |" in text


def test_a_training_that_was_not_compared_can_not_be_the_released_one(rows):
    with pytest.raises(ValueError, match=r"'other' was not compared; compared were control, taught"):
        training_for_card(rows, "other")


def test_sizes_are_shown_with_their_latency(rows, card):
    measured = Sizes(
        machine="a phone",
        long_side_px=640,
        latency={
            "control": {"1": Latency(7.2, 1.0), "2": Latency(4.1, 1.0)},
            "taught": {"1": Latency(20.0, 2.8), "2": Latency(11.0, 2.7)},
        },
        figures=rows,
        why="Because.",
        chosen="taught",
        released="taught",
    )
    text = card(sizes=size_for_card(measured))
    assert "| taught | 20 | 11 | 0.60 (" in text
    assert "sizes.png" in text


def test_nothing_measured_is_nothing_said(card):
    text = card()
    assert "Input size" not in text and "teacher brings" not in text
    assert text.count("ot established") >= 4


def test_only_sources_at_hand_are_spoken_of(card):
    assert "`clinic`" not in card(notes={"clinic": "Made up."})
