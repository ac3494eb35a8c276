"""IGA success as a probability: trials' rule where grades are certain, and between 0 and 1 where they are not."""

import pytest

from server.progress.success import success_probability
from server.timeline.assessment import Grade


def grade(**shares: float) -> Grade:
    """An IGA by its distribution, `_3=0.5`; its value is the likeliest."""
    distribution = {name[1:]: share for name, share in shares.items()}
    return Grade("IGA", int(max(distribution, key=lambda name: distribution[name])), distribution)


@pytest.mark.parametrize(
    ("before", "now", "success"),
    [(3, 1, 1), (2, 0, 1), (4, 2, 0), (2, 1, 0), (1, 0, 0), (3, 0, 1), (1, 3, 0)],
)
def test_of_certain_grades_it_is_clear_or_almost_and_two_grades(before: int, now: int, success: int) -> None:
    assert success_probability(grade(**{f"_{before}": 1.0}), grade(**{f"_{now}": 1.0})) == success


def test_of_uncertain_grades_it_is_a_probability() -> None:
    assert success_probability(grade(_2=0.5, _3=0.5), grade(_1=0.6, _2=0.4)) == pytest.approx(0.5 * 0.6)


def test_without_a_grade_there_is_none() -> None:
    assert success_probability(Grade("IGA", None, {}), grade(_1=1.0)) is None
