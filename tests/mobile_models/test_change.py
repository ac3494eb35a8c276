"""Change is stated over what both visits show, and only called one beyond what noise makes."""

import math

import pytest

from mobile_models.change import VisitCounts, change, exceeds_mdc, iga_success, weeks_to_half
from mobile_models.zones import ZONES

MDC = {"scale": "sqrt", "sem": {"inflammatory": 0.4, "non_inflammatory": 0.5, "total": 0.4}}
MODEL = {"id": "lesions", "version": "1.0.0", "sha256": "a"}


def visit(papules=0, comedones=0, zones=ZONES, model=MODEL):
    """A visit with so many lesions in each of its zones."""
    lesions = {"comedo": comedones, "papule": papules, "pustule": 0, "nodule": 0}
    return VisitCounts({zone: dict(lesions) for zone in zones}, model)


def test_change_by_hand():
    result = change(visit(papules=8, comedones=2), visit(papules=2, comedones=2), MDC)
    assert result.unavailable is None
    inflammatory = result.measures["inflammatory"]
    assert (inflammatory.absolute, inflammatory.percent, inflammatory.exceeds_mdc) == (-30, -75.0, True)
    assert result.measures["non_inflammatory"].absolute == 0
    assert result.measures["total"].percent == -60.0


def test_only_zones_of_both_visits_are_compared():
    result = change(visit(papules=4), visit(papules=2, zones=("left_cheek", "nose")), MDC)
    assert result.zones == ("left_cheek", "nose")
    assert result.measures["inflammatory"].baseline == 8


@pytest.mark.parametrize(
    ("baseline", "current", "reason"),
    [
        (VisitCounts(None, MODEL), visit(), "guide"),
        (visit(), VisitCounts(None, MODEL), "guide"),
        (visit(zones=("nose",)), visit(zones=("chin",)), "no zone"),
        (visit(), visit(model=MODEL | {"version": "1.1.0"}), "models"),
        (visit(), visit(model=MODEL | {"sha256": "b"}), "models"),
    ],
)
def test_what_cannot_be_compared_says_why(baseline, current, reason):
    result = change(baseline, current, MDC)
    assert reason in result.unavailable
    assert not result.measures


def test_percent_needs_something_to_fall_from():
    assert change(visit(), visit(papules=1), MDC).measures["inflammatory"].percent is None


def test_the_minimal_detectable_change_grows_with_the_baseline():
    limit = 1.96 * math.sqrt(2) * 0.4  # 1.109 on the square-root scale
    assert not exceeds_mdc(100, 80, 0.4)  # 10 − 8.94 = 1.06
    assert exceeds_mdc(100, 79, 0.4)  # 10 − 8.89 = 1.11
    assert exceeds_mdc(4, 0, 0.4)
    assert not exceeds_mdc(1, 0, 0.4) and limit > 1


@pytest.mark.parametrize(
    ("baseline", "current", "success"),
    [(3, 1, True), (2, 0, True), (4, 2, False), (2, 1, False), (1, 0, False), (3, 0, True), (1, 3, False)],
)
def test_iga_success_is_clear_or_almost_and_two_grades(baseline, current, success):
    assert iga_success(baseline, current) is success


def test_weeks_to_half_is_the_first_visit_that_reaches_it():
    later = [(8, visit(papules=2)), (2, visit(papules=6)), (4, visit(papules=4)), (6, visit(papules=7))]
    assert weeks_to_half(visit(papules=8), later, MDC) == 4
    assert weeks_to_half(visit(papules=8), later[1:2], MDC) is None
    assert weeks_to_half(visit(), later, MDC) is None
    assert weeks_to_half(visit(papules=8), [(1, VisitCounts(None, MODEL))], MDC) is None


def test_visits_are_read_from_either_json():
    json = {"zones": {"nose": {"comedo": 1, "papule": 2, "pustule": 0, "nodule": 0}}, "model": MODEL}
    assert change(VisitCounts.from_assessment(json), VisitCounts.from_assessment(json), MDC).zones == ("nose",)
