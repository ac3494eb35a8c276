"""What may be said of a series: which questions are answered, in which order, and what is never said."""

from dataclasses import replace

import pytest

from mobile_models.series.constants import Constants
from mobile_models.series.verdict import Question, Sure, tell
from mobile_models.series.visits import Visit
from mobile_models.tables import change_table

CONSTANTS = replace(Constants.from_manifest(change_table()), sem=0.45)
FALL = (36, 37, 35, 30, 22, 15, 11, 9, 9)
BACK = (40, 38, 41, 30, 20, 12, 8, 5, 4, 4, 3, 4, 9, 16, 21, 24, 25)


def told(*counts, changes=(), **more):
    visits = [Visit(week, count) for week, count in enumerate(counts)]
    return tell(visits, changes, constants=CONSTANTS, **more)


@pytest.mark.parametrize("counts", [(60,), (60, 2), (2, 60)])
def test_nothing_is_said_from_one_photo_or_two(counts):
    said = told(*counts)
    assert said.statements == ()
    assert (said.relapse, said.recent, said.first_told, said.half_since) == (None, None, None, None)


def test_a_fall_is_told_since_the_start_and_the_week_of_its_first_telling_is_kept():
    said = told(*FALL, changes=[2])
    start = said.answer(Question.START)
    assert (start.face, start.trend, start.fewer, start.falling) == (Sure.WHOLE, Sure.WHOLE, True, True)
    assert said.first_told < 8
    for visits in range(3, int(said.first_told) + 1):
        assert told(*FALL[:visits], changes=[2]).first_told is None


def test_the_worst_answer_comes_first():
    said = told(*BACK, changes=[2, 11], looked=14)
    assert [one.since.face for one in said.statements] == sorted(one.since.face for one in said.statements)
    assert said.statements[0].question is Question.BEST
    for question in (Question.START, Question.BEST, Question.TREATMENT, Question.LOOKED):
        assert said.answer(question)
    assert said.answer(Question.CHOSEN) is None


def test_questions_about_one_visit_have_one_answer():
    said = told(*BACK, changes=[2, 11], looked=11, chosen=11)
    assert said.answer(Question.LOOKED) is said.answer(Question.CHOSEN) is said.answer(Question.TREATMENT)
    assert len(said.statements) == len({one.since.week for one in said.statements})


def test_a_relapse_is_one_only_after_a_fall_that_was_told():
    assert told(*BACK, changes=[2]).relapse.week == told(*BACK, changes=[2]).answer(Question.BEST).since.week
    assert told(*FALL, changes=[2]).relapse is None
    assert told(5, 6, 5, 4, 5, 9, 14, 20, 25).relapse is None  # Worse, but it never was better.


def test_the_level_is_at_its_best_while_it_falls_and_not_after_it_came_back():
    assert told(*FALL, changes=[2]).at_best
    assert not told(*BACK, changes=[2]).at_best


def test_half_is_reached_on_two_visits_running_and_never_from_nothing():
    said = told(*FALL, changes=[2])
    reached = [state.week for state in said.states if state.half >= CONSTANTS.said_at.half]
    assert said.half_since == reached[0] and reached[1] == reached[0] + 1
    assert told(*[0] * 9, changes=[2]).half_since is None
    assert told(36, 37, 35, 36, 37, 8, 36, 35).half_since is None


def test_as_many_as_before_is_never_called_a_change():
    for counts in ([20] * 12, [0] * 12, [3] * 12):
        said = told(*counts, changes=[2])
        assert {(one.face, one.trend) for one in said.statements} <= {(Sure.NOT, Sure.NOT)}
