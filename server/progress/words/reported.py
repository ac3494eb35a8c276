"""What the patient reported lately, in lines: what may need somebody comes first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.progress.records import CourseRecord
from server.progress.reported import CheckInRecord, Reported, SideEffectRecord
from server.timeline.daily_life import LOW_MOOD, MILD, MODERATE, SEVERE, WORST

LATELY = timedelta(weeks=4)
AHEAD = timedelta(days=1)
"""How far a phone's clock may be ahead."""

ASKED_WORDS: Mapping[str, str] = {
    "pain": "Pain",
    "itch": "Itch",
    "dryness": "Dryness",
    "bother": "How much it bothers",
    "oiliness": "Oiliness",
    "stress": "Stress",
    "mood": "Mood",
}
"""What was asked, in the order in which it is said; of a mood the lowest is the worst."""

SEVERITY_WORDS: Mapping[int, str] = {MILD: "mild", MODERATE: "moderate", SEVERE: "severe"}

STOP_WORDS: Mapping[str, str] = {
    "finished": "finished as planned",
    "no_effect": "no effect",
    "side_effect": "a side effect",
    "too_much_effort": "too much effort",
    "advice": "on advice",
    "pregnancy": "pregnancy, or the wish for it",
    "cost": "its cost",
}
"""Why a course stopped; what is no word of these is the patient's own."""


@dataclass(frozen=True)
class Said:
    """The report of the last four weeks.

    Attributes:
        first: what may need somebody: a low mood, a severe side effect.
        worst: (what was asked, its worst answer in words, the day).
        doses: how many of the doses that were noted were taken; empty where none was noted.
        effects: side effects that go on, or ended within these weeks, worst first.
        notes: (day, text) of check-ins, newest first.
    """

    first: tuple[str, ...] = ()
    worst: tuple[tuple[str, str, date], ...] = ()
    doses: str = ""
    effects: tuple[str, ...] = ()
    notes: tuple[tuple[date, str], ...] = ()

    @property
    def anything(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.worst or self.doses or self.effects or self.notes)


def reported_words(reported: Reported, courses: Sequence[CourseRecord], now: datetime) -> Said:
    """Return what was reported in the four weeks before `now`."""
    lately = [each for each in reported.check_ins if now - LATELY <= each.at <= now + AHEAD]
    doses = [each.taken for each in reported.intakes if now - LATELY <= each.at <= now + AHEAD]
    since = (now - LATELY).date()
    effects = [each for each in reported.side_effects if each.ended_on is None or each.ended_on >= since]
    effects.sort(key=lambda each: (-each.severity, -each.started_on.toordinal(), each.id))
    names = {course.id: course.label for course in courses}
    worst = {name: found for name in ASKED_WORDS if (found := _worst(lately, name))}
    said = tuple(_effect(each, names) for each in effects)
    low = worst.get("mood")
    first = [f"Low mood: {low[0]} of {WORST} on {_day(low[1])}."] if low and low[0] <= LOW_MOOD else []
    first += [words for each, words in zip(effects, said, strict=True) if each.severity == SEVERE]
    return Said(
        tuple(first),
        tuple((ASKED_WORDS[name], f"{value} of {WORST}", day) for name, (value, day) in worst.items()),
        f"{sum(doses)} of {len(doses)} doses that were noted were taken." if doses else "",
        said,
        tuple((each.at.date(), each.note) for each in reversed(lately) if each.note),
    )


def stop_words(reason: str | None) -> str:
    """Return why a course stopped; empty where the patient did not say."""
    return STOP_WORDS.get(reason, reason) if reason else ""


def _worst(check_ins: Sequence[CheckInRecord], name: str) -> tuple[int, date] | None:
    """Return the worst answer to what was asked, and the last day of it."""
    given = [(each.answers[name], each.at.date()) for each in check_ins if name in each.answers]
    if not given:
        return None
    value = (min if name == "mood" else max)(answer for answer, _ in given)
    return value, max(day for answer, day in given if answer == value)


def _effect(effect: SideEffectRecord, courses: Mapping[str, str]) -> str:
    course = courses.get(effect.course_id or "")
    with_course = f", with {course}" if course else ""
    until = f" to {_day(effect.ended_on)}" if effect.ended_on else ", goes on"
    note = f" “{effect.note}”" if effect.note else ""
    severity = SEVERITY_WORDS[effect.severity]
    return f"{effect.what}: {severity}{with_course}, from {_day(effect.started_on)}{until}.{note}"


def _day(day: date) -> str:
    return f"{day:%-d %b %Y}"
