"""What the filter says: the golden figures of its design, and what must hold for any series."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobile_models.series.constants import Constants
from mobile_models.series.errors import (
    CourseStopsBeforeItStarts,
    NoVisits,
    NumberInvalid,
    TooManyChanges,
    TooManyVisits,
    VisitInFuture,
    VisitsUnordered,
    VisitTwice,
)
from mobile_models.series.follow import follow, normal
from mobile_models.series.visits import Course, Visit, changes_of
from mobile_models.tables import change_table

CONSTANTS = replace(Constants.from_manifest(change_table()), sem=0.62)
DESIGN = [(-1, 22.4, 1), (0, 25.1, 1), (1, 20.2, 1), (2, 17.5, 3), (4, 12, 3), (5.5, 3, 3), (6, 11.2, 3), (8, 9.1, 3)]
FALLING = [Visit(week, 20 - 15 * week / 12, 3) for week in range(13)]


def last(visits, *arguments, **more):
    return follow(
        [Visit(*visit) if isinstance(visit, tuple) else visit for visit in visits],
        *arguments,
        constants=CONSTANTS,
        **more,
    )[-1]


def test_the_series_of_the_design_gives_its_figures():
    state = last([*DESIGN, (12, 6, 3)], [0])
    assert (round(state.face, 3), round(state.trend, 3), round(state.half, 3)) == (4.206, 2.347, 0.826)
    assert [round(number, 2) for number in state.now] == [4.31, 6.26, 8.59]
    assert [round(number, 2) for number in state.level] == [3.83, 6.90, 10.87]
    assert round(state.surprise, 3) == -0.411


@pytest.mark.parametrize(
    ("changes", "face", "trend"),
    [([0], 4.687, 2.027), ([], 4.532, 1.634), ([14], 4.532, 1.634), ([-8], 4.539, 1.653)],
    ids=["a course at the start", "no course", "one planned", "on treatment at joining"],
)
def test_a_course_is_taken_into_account_from_when_it_began(changes, face, trend):
    state = last(FALLING, changes)
    assert (round(state.face, 3), round(state.trend, 3)) == (face, trend)


def test_nothing_is_said_of_the_visits_up_to_the_start():
    before = follow([Visit(*visit) for visit in DESIGN], [0], constants=CONSTANTS)[:2]
    assert [(state.face, state.trend) for state in before] == [(0, 0), (0, 0)]


def test_two_photos_alone_never_reach_a_verdict():
    for start, now in ((2, 60), (60, 2), (30, 0), (0, 30)):
        state = last([(0, start, 1), (1, now, 1)])
        assert abs(state.trend) < CONSTANTS.said_at.likely


def test_one_bad_photo_moves_the_level_little_and_is_a_surprise():
    steady = [(week, 16 + week % 2, 1) for week in range(12)]
    spoilt = [(week, 1.5 if week == 9 else count, 1) for week, count, _ in steady]
    states = follow([Visit(*visit) for visit in spoilt], constants=CONSTANTS)
    assert states[9].surprise < -CONSTANTS.said_at.surprise
    assert abs(states[-1].level.mid - last(steady).level.mid) < 2


def test_after_a_break_the_offset_of_the_new_model_is_not_taken_for_a_change():
    jumps = [(week, 20 if week < 6 else 13, 1) for week in range(12)]
    assert last(jumps, [], [6]).trend < last(jumps).trend


def test_a_relapse_that_nobody_entered_is_found_and_feeds_back_only_where_asked():
    relapse = [(week - 2, 20 if week < 3 else 5 if week < 22 else 18, 1) for week in range(30)]
    entered_none, taken_in = (last(relapse, [0], found=asked) for asked in (False, True))
    assert entered_none.recent.z < -CONSTANTS.recent.alarm
    assert taken_in.level.mid > entered_none.level.mid
    assert last(relapse, [0], recent=False).recent is None
    assert replace(entered_none, recent=None) == last(relapse, [0], recent=False)


def test_what_an_entered_change_explains_is_not_found_again():
    falls = [(week - 3, 30 if week <= 3 else 5, 1) for week in range(16)]
    entered, taken_in = (
        follow([Visit(*v) for v in falls], [0], constants=CONSTANTS, found=asked) for asked in (False, True)
    )
    assert max(state.recent.z for state in entered if state.recent) > CONSTANTS.recent.alarm
    assert entered == taken_in


def test_later_visits_change_nothing_that_was_said_but_where_they_bring_the_start():
    visits = [Visit(*visit) for visit in DESIGN]
    assert follow(visits, [0], constants=CONSTANTS)[:6] == follow(visits[:6], [0], constants=CONSTANTS)


def test_more_frames_make_the_number_now_surer():
    few, many = (last([(week, 10, frames) for week in range(6)]) for frames in (1, 1.9))
    assert many.now.high - many.now.low < few.now.high - few.now.low


NUMBERS = st.floats(0, 300, allow_nan=False)


@given(st.lists(st.tuples(st.floats(0.01, 30), NUMBERS, st.floats(0.5, 5)), min_size=1, max_size=25), st.data())
def test_whatever_the_series_the_figures_are_finite_and_in_order(gaps, data):
    weeks = np.cumsum([gap for gap, _, _ in gaps]).tolist()
    visits = [Visit(week, count, frames) for week, (_, count, frames) in zip(weeks, gaps, strict=True)]
    changes = data.draw(st.lists(st.floats(-50, 800), max_size=4))
    for state in follow(
        visits, changes, data.draw(st.lists(st.floats(-5, 800), max_size=2)), constants=CONSTANTS, found=True
    ):
        assert all(math.isfinite(value) for value in (state.face, state.trend, state.surprise))
        assert 0 <= state.half <= 1
        assert 0 <= state.now.low <= state.now.mid <= state.now.high
        assert 0 <= state.level.low <= state.level.mid <= state.level.high


@pytest.mark.parametrize(
    ("visits", "error", "words"),
    [
        ([], NoVisits, "Give at least one"),
        ([(week, 1, 1) for week in range(2000)], TooManyVisits, "2000 visits"),
        ([(1, 1, 1), (0, 1, 1)], VisitsUnordered, "Visit 2 lies before"),
        ([(0, 1, 1), (1, 1, 1), (1, 2, 1)], VisitTwice, "Visits 2 and 3"),
        ([(math.nan, 1, 1)], NumberInvalid, "week of visit 1"),
        ([(0, math.inf, 1)], NumberInvalid, "count of visit 1"),
        ([(0, -1, 1)], NumberInvalid, "count of visit 1 is -1"),
        ([(0, 1, 0)], NumberInvalid, "frames of visit 1 is 0"),
        ([(0, True, 1)], NumberInvalid, "count of visit 1"),
        ([(10**400, 1, 1)], NumberInvalid, "week of visit 1"),
        ([(0, 1, 1), (5, 1, 1)], VisitInFuture, "Visit 2 lies in the future"),
    ],
)
def test_what_is_no_series_is_refused_with_the_remedy(visits, error, words):
    with pytest.raises(error, match=words):
        last(visits, today=4.5)


@pytest.mark.parametrize(("changes", "breaks"), [([math.nan], []), ([], [math.nan]), (["1"], [])])
def test_weeks_of_changes_that_are_no_numbers_are_refused(changes, breaks):
    with pytest.raises(NumberInvalid, match=r"Give one\."):
        last(FALLING, changes, breaks)


def test_more_changes_than_can_be_told_apart_are_refused():
    with pytest.raises(TooManyChanges, match=r"101 changes; 100 are taken\. Leave out the oldest ones\."):
        last(FALLING, range(101))
    with pytest.raises(TooManyChanges, match="breaks"):
        last(FALLING, [], range(101))


def test_courses_give_the_weeks_of_their_starts_and_stops():
    assert changes_of([Course(2), Course(-4, 6)]) == [-4, 2, 6]
    with pytest.raises(CourseStopsBeforeItStarts, match="Course 2 stops before it starts"):
        changes_of([Course(0), Course(3, 2)])


def test_the_normal_distribution_is_that_of_the_tables():
    assert [round(normal(z), 4) for z in (-1.96, 0, 1.645)] == [0.025, 0.5, 0.95]


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda table: table.update(sem=0), "above 0"),
        (lambda table: table.update(frames_count_as=[1.9, 1]), "must rise"),
        (lambda table: table["turnover"].update(weeks=0), "above 0"),
    ],
)
def test_numbers_of_the_model_that_cannot_be_are_refused(spoil, complaint):
    table = change_table()
    spoil(table)
    with pytest.raises(ValueError, match=complaint):
        Constants.from_manifest(table)
