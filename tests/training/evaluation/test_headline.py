"""The figures by which detectors are told apart: two standards of one photo, and skin without a lesion."""

from dataclasses import replace

import numpy as np
import pytest

from training.evaluation.headline import headline

BOXED = [(10, 10, 20, 20, 4), (40, 40, 50, 50, 4), (70, 70, 80, 80, 5)]


@pytest.fixture
def twice_boxed(seen):
    """A photo whose last box is of the second campaign alone."""

    def make(candidates):
        photo = seen(BOXED, candidates, source="acne04_real")
        return replace(photo, photo=replace(photo.photo, standing=np.array([1, 1, 0.5], dtype=np.float32)))

    return make


def _values(held):
    return {f"{figure.source} {figure.name}": figure.value for figure in headline(held)}


def test_what_only_the_second_campaign_boxed_is_a_lesion_by_its_standard_and_none_by_the_first(twice_boxed):
    everything = [(*box[:4], 1, 0.9 - 0.1 * place) for place, box in enumerate(BOXED)]
    values = _values({"acne04_real": [twice_boxed(everything), twice_boxed(everything[2:])]})
    assert values["acne04_real acne04: centre F1"] == pytest.approx(2 * 2 / (2 + 4))
    assert values["acne04_real acne04v2: centre F1"] == pytest.approx(2 * 4 / (4 + 6))
    assert values["acne04_real acne04v2: recall of what only it boxed"] == 1.0


def test_a_second_campaigns_box_that_is_missed_lowers_its_recall_alone(twice_boxed):
    both, first = ([(*box[:4], 1, 0.9) for box in BOXED[:count]] for count in (3, 2))
    values = _values({"acne04_real": [twice_boxed(both), twice_boxed(first)]})
    assert values["acne04_real acne04v2: recall of what only it boxed"] == 0.5
    assert values["acne04_real acne04: AP50"] > 0.9


def test_on_clear_skin_what_is_found_counts_at_the_score_that_serves_acne_best(seen):
    acne = [seen(BOXED[:2], [(*BOXED[0][:4], 1, 0.8), (*BOXED[1][:4], 1, 0.6), (0, 0, 5, 5, 1, 0.3)], source="acne04")]
    clear = [seen((), [(0, 0, 5, 5, 1, 0.7), (5, 5, 9, 9, 1, 0.5)]), seen((), [(0, 0, 5, 5, 1, 0.2)])]
    assert _values({"acne04": acne, "faces": clear})["faces lesions found a photo"] == 0.5
