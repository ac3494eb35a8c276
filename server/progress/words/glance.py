"""What a dermatologist asks first, each answered in a line: how many now, on what treatment, taken, and felt how."""

from dataclasses import dataclass
from datetime import date
from itertools import combinations

from mobile_models.grading.instruments import IGA
from mobile_models.lesions import INFLAMMATORY
from mobile_models.series.verdict import Question
from server.progress.following import Followed
from server.progress.progress import Progress
from server.progress.records import CourseRecord
from server.progress.words.numbers import how_many, whole
from server.progress.words.reported import Said, stop_words
from server.timeline.assessment import Grade

PROBABLE = 0.8
"""What the grades that are named hold together, as the intervals of numbers do."""

MOST_STOPPED = 2
"""Courses that are over are named so far back."""


@dataclass(frozen=True)
class Answer:
    """One line; `urgent` where it may need somebody."""

    asks: str
    says: str
    urgent: bool = False


def glance(progress: Progress, reported: Said, today: date) -> list[Answer]:
    """Return the answers, those left out for which there is nothing to say."""
    lines = [
        Answer("Not judged", _not_judged(progress), urgent=True),
        Answer("Now", _now(progress)),
        Answer("Treatment", _treatment(progress, today)),
        Answer("Doses", reported.doses),
        _felt(reported),
    ]
    return [line for line in lines if line.says]


def likely_grades(grade: Grade) -> str:
    """Return the fewest neighbouring grades that hold `PROBABLE` of the estimate, as "2" or "1–3", or nothing."""
    names = list(grade.distribution)
    spans = [(first, last) for first, last in combinations(range(len(names) + 1), 2)]
    held = {span: sum(grade.distribution[name] for name in names[slice(*span)]) for span in spans}
    enough = [span for span in spans if held[span] >= PROBABLE]
    if grade.value is None or not enough:
        return ""
    first, last = min(enough, key=lambda span: (span[1] - span[0], -held[span]))
    return names[first] if last - first == 1 else f"{names[first]}–{names[last - 1]}"


def _not_judged(progress: Progress) -> str:
    """The visits that came after the one whose numbers are shown."""
    latest = progress.latest
    newer = progress.visits[progress.visits.index(latest) + 1 :] if latest else ()
    if not newer:
        return ""
    last = f"{newer[-1].day:%-d %b %Y}"
    which = f"visit, of {last}" if len(newer) == 1 else f"{how_many(len(newer), 'visit')}, the last of {last}"
    return f"The newest {which}: the numbers are of the visit before."


def _now(progress: Progress) -> str:
    latest, told = progress.latest, progress.followed.told
    if latest is None or latest.assessment is None:
        return "No visit could be judged yet."
    counted = latest.assessment.counts[INFLAMMATORY]
    if told:
        spots = f"About {whole(told.states[-1].now)} inflammatory lesions{_at_the_start(progress.followed)}."
    else:
        spots = f"{counted.value} inflammatory lesions ({counted.low}–{counted.high})."
    grades = likely_grades(latest.assessment.grade(IGA))
    return f"{spots} IGA {grades}, an unvalidated estimate." if grades else spots


def _at_the_start(followed: Followed) -> str:
    """The number that the statement since the start compares with: the page says one, wherever it says it."""
    statements = followed.told.statements if followed.told else ()
    start = next((one for one in statements if one.question is Question.START), None)
    return f", {whole(start.since.now)} at the start" if start else ""


def _treatment(progress: Progress, today: date) -> str:
    if not progress.courses:
        return "None entered."
    running = [course for course in progress.courses if course.covers(today)]
    stopped = [course for course in progress.courses if course.stopped_on and course.stopped_on < today]
    lines = [f"{course.label} since {course.started_on:%-d %b %Y}" for course in running] or ["None now"]
    lines += [_stopped(course) for course in stopped[-MOST_STOPPED:]]
    return "; ".join(lines) + ". As the patient recorded."


def _stopped(course: CourseRecord) -> str:
    reason = stop_words(course.stop_reason)
    return f"{course.label} stopped {course.stopped_on:%-d %b %Y}{f' ({reason})' if reason else ''}"


def _felt(reported: Said) -> Answer:
    """What may need somebody, else the worst that was answered."""
    if reported.first:
        return Answer("Reports", " ".join(reported.first), urgent=True)
    if reported.effects:
        return Answer("Reports", reported.effects[0])
    answers = "; ".join(f"{what.lower()} {value}" for what, value, _ in reported.worst[:3])
    return Answer("Reports", f"At worst in four weeks: {answers}." if answers else "Nothing in the last four weeks.")
