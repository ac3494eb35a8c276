"""Grades from annotated counts, and how grades from predicted ones agree with them."""

import numpy as np
import pytest

from mobile_models.counts import ExpectedCounts
from mobile_models.grading import gea, iga
from mobile_models.tables import grading_tables
from training.bootstrap import Figure
from training.datasets.photo import UNKNOWN
from training.evaluation.grades import grade_figures, grade_of_counts

GRADING = grading_tables()


@pytest.mark.parametrize(
    ("counts", "iga", "gea"),
    [
        ((0, 0, 0, 0), 0, 0),
        ((0, 2, 0, 0), 1, 1),
        ((0, 2, 1, 0), 2, 2),
        ((0, 15, 10, 0), 3, 3),
        ((0, 40, 20, 0), 4, 4),
        ((0, 10, 9, 3), 4, 5),  # 22 inflammatory lesions, three of them nodules
        ((30, 0, 0, 0), 1, 2),  # comedones alone raise by one, the GEA from its start at one
    ],
)
def test_grades_of_known_counts(counts, iga, gea):
    assert grade_of_counts(counts, GRADING["IGA"]) == iga
    assert grade_of_counts(counts, GRADING["GEA"]) == gea


class Certain(ExpectedCounts):
    """Counts that are known."""

    def group_pmf(self, group):
        return np.eye(200)[round(self.group_mean(group))]


@pytest.mark.parametrize("instrument", [iga, gea])
@pytest.mark.parametrize("inflammatory", [0, 1, 2, 3, 19, 20, 50, 51])
@pytest.mark.parametrize("comedones", [0, 1, 9, 10, 24, 25, 80])
def test_known_counts_are_graded_as_a_phone_grades_them(instrument, inflammatory, comedones):
    mean = np.zeros((1, 2, 4))
    mean[0, 0, :2] = comedones, inflammatory
    table = GRADING[instrument.__name__.rpartition(".")[2].upper()]
    certain = Certain((), mean, {"inflammatory": 0.1, "non_inflammatory": 0.1})
    assert grade_of_counts((comedones, inflammatory, 0, 0), table) == instrument.grade(certain, table).value


def test_grades_agree_where_counts_do(clinic, counted):
    figures = grade_figures(counted(clinic(60)), GRADING)
    assert figures.comedones_graded
    assert figures.nodules_graded
    for name in ("IGA", "GEA"):
        assert getattr(figures, name).exact.value > 0.5
        # Three nodules lift a grade at once where two do not: a nodule more or less can be two grades.
        assert getattr(figures, name).within_one.value > 0.8
        assert sum(map(sum, getattr(figures, name).annotated_by_predicted)) == 60


def test_what_was_not_recorded_is_left_out_on_both_sides(seen, counted):
    boxes = [(10 * k, 10, 10 * k + 4, 14, UNKNOWN) for k in range(6)]
    candidates = [(*box[:4], 3, 0.9) for box in boxes] + [(10 * k, 60, 10 * k + 4, 64, 0, 0.9) for k in range(6)]
    photos = [seen(boxes, candidates, background=(0.6, 1, 1, 1)) for _ in range(12)]
    figures = grade_figures(counted(photos), GRADING)
    assert not figures.comedones_graded
    assert not figures.nodules_graded
    assert figures.IGA.exact.value == 1.0  # six papules or so on both sides, whatever the nodules


def test_photos_that_are_all_of_one_grade_have_no_kappa(seen, counted):
    figures = grade_figures(counted([seen() for _ in range(12)]), GRADING)
    assert figures.IGA.exact.value == 1.0
    assert figures.IGA.linear_kappa == Figure(n=12)
