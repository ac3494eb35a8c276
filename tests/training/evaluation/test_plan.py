"""What an evaluation measures and fits, read from a file."""

from pathlib import Path

import pytest

import training.evaluation
from training.datasets.photo import COMEDO_SHARE
from training.evaluation.plan import plan_of_folder, read_plan

RELEASED = Path(training.evaluation.__file__).parent / "released.yaml"


def test_the_released_plan_is_read_and_whole():
    plan = read_plan(RELEASED)
    assert plan.standard in plan.counts["inflammatory"]
    assert sum(plan.untyped) == pytest.approx(1)
    assert plan.untyped[0] == COMEDO_SHARE


def test_a_folder_of_ones_own_is_its_own_standard():
    plan = plan_of_folder("clinic")
    assert plan.standard == "clinic"
    assert plan.counts["inflammatory"][0] == plan.counts["non_inflammatory"][0] == "clinic"
    assert plan.trend == plan.clear == ()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("standard: a\ncounts: {}\ntype_weight: {}\nspeed: 3\n", "speed"),
        ("standard: a\ntype_weight: {}\n", "counts"),
        ("standard: a\ncounts: {inflammatory: [a]}\ntype_weight: {}\n", "non_inflammatory"),
    ],
)
def test_what_is_wrong_with_a_plan_is_named(tmp_path, words, named):
    (tmp_path / "plan.yaml").write_text(words)
    with pytest.raises(ValueError, match=named):
        read_plan(tmp_path / "plan.yaml")
