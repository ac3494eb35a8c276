"""The verdicts reach what they must on simulated people: a slice of `python -m training change`, seeded."""

from dataclasses import replace

import numpy as np
import pytest

from mobile_models.series.constants import Constants
from mobile_models.tables import change_table
from training.change.asked import START, Asked, rng_of, share
from training.change.batch import follow_many
from training.change.measure import YEAR, coverage, power, relapse, stable
from training.change.outlooks import outlooks
from training.change.people import Camera, Skin, simulate, steady

pytestmark = pytest.mark.slow

ASKED = Asked(people=300, seed=1)
CONSTANTS = replace(Constants.from_manifest(change_table()), sem=ASKED.sem)


@pytest.fixture(scope="module", params=[5, 20])
def year(request):
    return stable(CONSTANTS, ASKED, request.param)


@pytest.fixture(scope="module")
def falls():
    return {row.fall: row for row in power(CONSTANTS, ASKED, bases=[20])}


def test_of_few_stable_people_something_false_is_said_in_a_year(year):
    assert year.trend_clearly <= 0.07
    assert year.likely_at_week_12 <= 0.07
    assert year.face_wrong <= 0.06
    assert year.any <= 0.17


def test_two_visits_say_something_false_of_nearly_all_of_them(year):
    assert year.pairwise > 0.9
    assert year.pairwise_wrong > 0.1


def test_falls_from_20_lesions_are_told(falls):
    assert falls[0.5].trend_likely >= 0.38
    assert falls[0.75].trend_likely >= 0.85
    assert falls[0.75].trend_clearly >= 0.53
    assert falls[0.5].face_probably >= 0.66
    assert falls[0.75].trend_clearly > falls[0.75].pairwise_honest + 0.3


def test_a_relapse_that_nobody_entered_is_told_within_twelve_weeks():
    for stopped in (20.0, 26.0):
        back = relapse(CONSTANTS, ASKED, stopped)
        assert back.told.within_12 >= 0.85
    assert back.pairwise.within_12 < back.told.within_12 / 2


def test_intervals_hold_what_they_say():
    rows = coverage(CONSTANTS, ASKED)
    assert all(0.83 <= row.face <= 0.99 for row in rows)
    assert all(0.8 <= row.level <= 0.99 for row in rows)


def test_the_outlook_is_calibrated_where_its_curves_hold_and_too_hopeful_for_a_vehicle():
    rows = outlooks(CONSTANTS, ASKED)
    active = [row for row in rows if row.kind == "active"]
    assert all(0.78 <= row.covered <= 0.90 for row in active)
    assert [row.auc for row in active] == sorted(row.auc for row in active)
    assert all(0 < row.too_hopeful < 0.2 for row in rows if row.kind == "vehicle")


def test_stable_people_seldom_hear_of_a_clear_trend_and_at_week_12_of_a_likely_one():
    asked, at_12 = replace(ASKED, people=2000), YEAR.index(12.0)
    for base in (5, 40):
        seen = simulate(asked.people, YEAR, steady(base), rng_of(asked, base), Skin(), Camera(asked.sem))
        trend = np.abs(follow_many(seen.weeks, seen.counts, [0.0], CONSTANTS).trend[:, START + 1 :])
        assert share((trend > CONSTANTS.said_at.clearly).any(axis=1)) <= 0.06
        assert share(trend[:, at_12 - START - 1] > CONSTANTS.said_at.likely) <= 0.06


def test_the_outlook_holds_the_number_also_where_the_course_does_no_more_than_a_vehicle():
    assert all(0.78 <= row.covered <= 0.90 for row in outlooks(CONSTANTS, ASKED))
