"""Paired differences, and the size that follows from them."""

import numpy as np
import pytest

from training.bootstrap import mean_of
from training.evaluation.compare import compare, table, verdict
from training.evaluation.headline import Figure
from training.evaluation.sizes import choose, why

GROUPS = [f"{number // 2}" for number in range(40)]
NOISE = np.random.default_rng(0).normal(0, 5, 40)


def figure(values, groups=GROUPS, more_is_better=True):
    return Figure("acne04", "centre F1", mean_of(values), groups, more_is_better)


def test_a_gain_on_every_photo_is_shown_however_much_photos_differ():
    row = compare({"old": [figure(NOISE)], "new": [figure(NOISE + 0.1)]})[0]
    only = row.differences[0]
    assert (only.of, only.over) == ("new", "old")
    assert only.low == only.high == pytest.approx(0.1)
    assert verdict(only, True) == "better"
    assert verdict(only, False) == "worse"
    assert (row.photos, row.groups) == (40, 20)


def test_a_difference_that_photos_disagree_on_is_not_shown():
    other = NOISE + np.resize([1.0, 1.0, -1.0, -1.0], 40)
    assert verdict(compare({"a": [figure(NOISE)], "b": [figure(other)]})[0].differences[0], True) == (
        "no difference shown"
    )


def test_every_later_model_is_set_against_every_earlier_one():
    rows = compare({name: [figure(NOISE)] for name in ("third", "control", "distilled")})
    pairs = [(difference.of, difference.over) for difference in rows[0].differences]
    assert pairs == [("control", "third"), ("distilled", "third"), ("distilled", "control")]
    assert "distilled − control" in table(rows)


def test_models_measured_on_different_photos_are_not_compared():
    with pytest.raises(ValueError, match="different photos"):
        compare({"a": [figure(NOISE)], "b": [figure(NOISE, GROUPS[::-1])]})


def test_a_costlier_size_is_chosen_only_for_a_gain_that_photos_show():
    rows = compare({"320 px": [figure(NOISE)], "640 px": [figure(NOISE + 0.1)], "800 px": [figure(NOISE + 0.1)]})
    assert choose(rows, ["320 px", "640 px", "800 px"]) == "640 px"
    assert why("640 px", "640 px", rows).endswith("The release uses it.")
    assert "acne04 centre F1 better" in why("640 px", "320 px", rows)


def test_a_size_that_gains_nothing_is_not_paid_for():
    rows = compare({"320 px": [figure(NOISE)], "640 px": [figure(NOISE - 0.1)]})
    assert choose(rows, ["320 px", "640 px"]) == "320 px"
