"""IGA by hand, and against a sum over every combination of counts."""

from math import exp

import pytest
from scipy import stats

from mobile_models.grading import iga


def words(inflammatory, nodules, comedones):
    """The table of `clinical.md`'s words, written out a second time."""
    if inflammatory == 0:
        grade = 0
    elif inflammatory <= 2:
        grade = 1
    elif inflammatory <= 19:
        grade = 2
    elif inflammatory <= 50:
        grade = 3
    else:
        grade = 4
    if nodules >= 3:
        grade = 4
    comedo = 0 if comedones == 0 else 1 if comedones < 10 else 2 if comedones < 25 else 3 if comedones <= 100 else 4
    return max(grade, min(grade + 1, comedo))


def test_a_clear_face_is_clear(face, tables):
    result = iga.grade(face(), tables["IGA"])
    assert result.to_json() == {
        "value": 0,
        "distribution": {"0": 1.0, "1": 0.0, "2": 0.0, "3": 0.0, "4": 0.0},
        "basis": "guided face",
        "validated": False,
    }


def test_papules_by_hand(evenly, tables):
    result = iga.grade(evenly(papule=1.0), tables["IGA"])  # Poisson of mean 1
    assert result.distribution["0"] == pytest.approx(exp(-1))
    assert result.distribution["1"] == pytest.approx(exp(-1) * (1 + 1 / 2))
    assert result.distribution["2"] == pytest.approx(1 - exp(-1) * 2.5)
    assert result.value == 1


def test_comedones_alone_raise_a_clear_face_by_one_at_most(evenly, tables):
    assert iga.grade(evenly(comedo=60), tables["IGA"]).distribution["1"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("papules", "nodules", "comedones", "value"),
    [
        (35, 0, 0, 3),
        (80, 0, 0, 4),
        (10, 0, 0, 2),
        (10, 0, 60, 3),  # many comedones raise it by one
        (10, 0, 15, 2),  # some do not
        (10, 1.5, 0, 2),  # one or two nodules lift nothing by themselves
        (2, 9, 0, 4),
        (80, 0, 200, 4),  # there is nothing above four
    ],
)
def test_typical_faces(papules, nodules, comedones, value, evenly, tables):
    assert iga.grade(evenly(papule=papules, nodule=nodules, comedo=comedones), tables["IGA"]).value == value


@pytest.mark.parametrize("alpha", [0.0, 0.4])
@pytest.mark.parametrize(
    ("papules", "nodules", "comedones"),
    [(0.7, 0.1, 2.0), (6.0, 1.0, 12.0), (20.0, 2.0, 40.0), (45.0, 0.0, 5.0)],
)
def test_the_distribution_is_the_sum_over_all_counts(papules, nodules, comedones, alpha, evenly, tables):
    def count(mean):
        return stats.nbinom(1 / alpha, 1 / (1 + alpha * mean)) if alpha else stats.poisson(mean)

    inflammatory = papules + nodules
    by_hand = dict.fromkeys("01234", 0.0)
    comedo_pmf = count(comedones).pmf(range(500))
    classes = {0: comedo_pmf[0], 5: comedo_pmf[1:10].sum(), 15: comedo_pmf[10:25].sum()}
    classes |= {50: comedo_pmf[25:101].sum(), 150: comedo_pmf[101:].sum()}
    for n, p_n in enumerate(count(inflammatory).pmf(range(500))):
        for k, p_k in enumerate(stats.binom.pmf(range(3), n, nodules / inflammatory)):
            for c, p_c in classes.items():
                by_hand[str(words(n, k, c))] += p_n * p_k * p_c
        three = stats.binom.sf(2, n, nodules / inflammatory)
        for c, p_c in classes.items():
            by_hand[str(words(n, 3, c))] += p_n * three * p_c
    result = iga.grade(evenly(papule=papules, nodule=nodules, comedo=comedones, alpha=alpha), tables["IGA"])
    assert dict(result.distribution) == pytest.approx(by_hand, abs=2e-5)


def test_what_was_graded_is_said(face, tables):
    assert iga.grade(face(captured=()), tables["IGA"]).basis == "unguided photo"
    assert iga.grade(face(captured=("left_cheek",)), tables["IGA"]).basis == "partial face: left_cheek"
