"""What a patient reports of daily life is told to whom they share with, what may need somebody first."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.progress.records import CourseRecord
from server.progress.reported import Reported, SideEffectRecord, reported_of
from server.progress.words.reported import ASKED_WORDS, STOP_WORDS, reported_words, stop_words
from server.timeline.daily_life import ASKED
from server.timeline.models import STOP_REASONS

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def check_in(number: int, days_ago: float, **answers: Any) -> dict[str, Any]:
    return {"id": f"check-{number:04}", "recorded_at": (NOW - timedelta(days=days_ago)).isoformat(), **answers}


def intake(number: int, days_ago: float, taken: bool) -> dict[str, Any]:
    moment = (NOW - timedelta(days=days_ago)).isoformat()
    return {"id": f"intake-{number:04}", "course_id": "course-0001", "recorded_at": moment, "taken": taken}


def effect(id: str = "effect-0001", **columns: Any) -> dict[str, Any]:
    return {"id": id, "what": "dry lips", "severity": 1, "started_on": "2026-02-10", **columns}


@pytest.fixture
def said(app: Any, patient: Any) -> Any:
    """Says what was reported lately, after it was pushed."""

    def say(**rows: Any) -> Any:
        assert patient.push(**rows) == []
        with app.app_context():
            return reported_words(reported_of(patient.timeline_id), (), NOW)

    return say


def test_nothing_reported_says_nothing(said: Any) -> None:
    assert not said().anything


def test_the_worst_answer_is_said_with_its_last_day_and_of_a_mood_the_lowest(said: Any) -> None:
    rows = [check_in(1, 9, pain=7, mood=5), check_in(2, 3, pain=7, mood=8), check_in(3, 1, pain=2)]
    worst = {asked: (answer, day.day) for asked, answer, day in said(check_ins=rows).worst}
    assert worst == {"Pain": ("7 of 10", 27), "Mood": ("5 of 10", 21)}


def test_what_is_older_than_four_weeks_or_dated_ahead_is_left_out(said: Any) -> None:
    rows = [check_in(1, 29, pain=9, note="old"), check_in(2, -40, pain=9), check_in(3, 27, itch=1)]
    words = said(check_ins=rows, intakes=[intake(1, 30, False), intake(2, 2, True)])
    assert [asked for asked, *_ in words.worst] == ["Itch"]
    assert (words.notes, words.doses) == ((), "1 of 1 doses that were noted were taken.")


@pytest.mark.parametrize(("mood", "first"), [(3, True), (0, True), (4, False)])
def test_a_low_mood_is_said_first(said: Any, mood: int, first: bool) -> None:
    words = said(check_ins=[check_in(1, 2, mood=mood)], side_effects=[effect(severity=3)])
    assert [line.split(":")[0] for line in words.first] == (["Low mood", "dry lips"] if first else ["dry lips"])


def test_an_amended_check_in_counts_as_it_was_amended(said: Any) -> None:
    rows = [check_in(1, 2, mood=0), check_in(2, 2, mood=6, amends="check-0001")]
    words = said(check_ins=rows)
    assert (words.first, words.worst[0][1]) == ((), "6 of 10")


def test_doses_are_counted_as_they_were_noted(said: Any) -> None:
    doses = [intake(number, number / 2, taken=number % 5 == 0) for number in range(20)]
    assert said(intakes=doses).doses == "4 of 20 doses that were noted were taken."


def test_side_effects_go_worst_first_and_ended_ones_leave_after_four_weeks(said: Any) -> None:
    effects = [
        effect("effect-0001"),
        effect("effect-0002", what="headache", severity=3, ended_on="2026-02-20", note="at night"),
        effect("effect-0003", what="over since", severity=3, started_on="2025-12-01", ended_on="2026-01-20"),
    ]
    words = said(side_effects=effects)
    assert words.effects == (
        "headache: severe, from 10 Feb 2026 to 20 Feb 2026. “at night”",
        "dry lips: mild, from 10 Feb 2026, goes on.",
    )


def test_a_side_effect_names_its_course() -> None:
    course = "course-0001"
    record = SideEffectRecord("effect-0001", "burning", 2, course, NOW.date(), None, None)
    known = (CourseRecord(course, "Adapalene", "topical", "0.1 %", NOW.date(), None, None),)
    (line,) = reported_words(Reported(side_effects=(record,)), known, NOW).effects
    assert line == "burning: moderate, with Adapalene, 0.1 %, from 2 Mar 2026, goes on."


def test_every_question_and_every_known_reason_has_words() -> None:
    assert set(ASKED_WORDS) == set(ASKED)
    assert set(STOP_WORDS) == set(STOP_REASONS)
    assert [stop_words(reason) for reason in ("cost", "My dog ate it", None)] == ["its cost", "My dog ate it", ""]
