"""Which visits of a series are compared, and over which zones."""

import pytest

from mobile_models.series.comparable import Assessed, compare
from mobile_models.series.constants import Constants
from mobile_models.tables import change_table, zone_table
from mobile_models.zones import ZONES

CONSTANTS, SHARE = Constants.from_manifest(change_table()), zone_table()["area_share"]
WHOLE = dict.fromkeys(ZONES, 2.0)


def without(*zones):
    return {zone: count for zone, count in WHOLE.items() if zone not in zones}


def compared(*zones, **more):
    visits = [Assessed(week, captured, **more) for week, captured in enumerate(zones)]
    return compare(visits, SHARE, CONSTANTS)


def test_counts_are_added_up_over_the_zones_that_all_visits_have():
    series = compared(WHOLE, WHOLE, without("nose"), WHOLE, WHOLE, WHOLE, WHOLE, WHOLE)
    assert series.zones == ("forehead", "left_cheek", "right_cheek", "chin")
    assert {visit.count for visit in series.visits} == {8.0}
    assert len(series.visits) == 8


def test_one_visit_of_one_cheek_does_not_reduce_all_others_to_it():
    series = compared(WHOLE, WHOLE, {"left_cheek": 2.0}, WHOLE)
    assert series.zones == tuple(ZONES)
    assert series.left_out == {2: "it does not show forehead, right cheek, nose, chin"}


def test_a_visit_without_zones_is_left_out_and_says_why():
    series = compared(WHOLE, None, WHOLE)
    assert [visit.week for visit in series.visits] == [0, 2]
    assert "without the guide" in series.left_out[1]


def test_three_frames_count_as_less_than_three_until_they_are_measured():
    assert [compared(WHOLE, frames=frames).visits[0].frames for frames in (1, 3, 7)] == [1.0, 1.9, 1.9]


def test_where_another_model_counted_there_is_a_break():
    visits = [Assessed(week, WHOLE, model="a" if week < 3 else "b") for week in range(5)]
    assert compare(visits, SHARE, CONSTANTS).breaks == (3,)


def test_nothing_is_compared_where_no_visit_has_zones():
    assert compared(None, None).visits == ()


@pytest.mark.parametrize(
    ("assessment", "why"), [({"zones_expected": None}, "without the guide"), ({"unavailable": "dark"}, "judged")]
)
def test_an_assessment_says_why_it_is_left_out(assessment, why):
    assert why in Assessed.of(3, {"model": {"sha256": "a"}, **assessment}).left_out


def test_counts_of_a_visit_that_cannot_be_judged_are_no_result():
    zones = {"nose": {"inflammatory": 2.5}}
    assessment = {"model": {"sha256": "a"}, "zones_expected": zones, "unavailable": {"code": "dark"}}
    assert Assessed.of(3, assessment).zones is None


def test_an_assessment_without_expected_counts_gives_those_that_were_drawn():
    drawn = {"nose": {"comedo": 4, "papule": 2, "pustule": 1, "nodule": 0}}
    assert Assessed.of(3, {"model": {"sha256": "a"}, "zones": drawn}).zones == {"nose": 3.0}


def test_what_is_taken_from_an_assessment_are_expected_inflammatory_lesions():
    zones = {"nose": {"papule": 1.5, "inflammatory": 2.5, "comedo": 9.0}}
    series = Assessed.of(3, {"model": {"sha256": "a"}, "zones_expected": zones, "frames": 3})
    assert series == Assessed(3, {"nose": 2.5}, 3, "a")
