"""What may be said of a series of visits, in words: never more than the counts and their noise allow."""

from dataclasses import dataclass

from mobile_models.series.verdict import FEWEST_VISITS, Question, Statement, Sure
from server.progress.following import Followed
from server.progress.phrases import number_of, ordinal, percent, sentence, whole
from server.progress.progress import Progress
from server.progress.records import VisitRecord
from server.progress.success import success_probability

IGA_WORDS = ("clear", "almost clear", "mild", "moderate", "severe")
RELAPSE = "Relapse"
ORDINARY = "Ordinary ups and downs could explain this."
ALSO = {
    Question.TREATMENT: "when treatment last changed",
    Question.LOOKED: "when you last looked",
    Question.CHOSEN: "as chosen",
}
"""What is added where one earlier visit answers several questions."""


@dataclass(frozen=True)
class Verdict:
    """What is said, why, and its `tone` (better, worse, same or unknown); `about` is what it compares with."""

    says: str
    because: str
    tone: str
    about: str = ""

    @property
    def short(self) -> str:
        """What is said in a word or a few."""
        return self.says.split(":")[0]


def headline(progress: Progress) -> Verdict | None:
    """Return what has to be read first, None before anything can be told."""
    followed = progress.followed
    told = followed.told
    if told is None:
        return None
    if told.relapse:
        steps = f"{_counted(followed, told.relapse.week)} → {_counted(followed, told.states[-1].week)}"
        since = f"{followed.day(told.relapse.week):%-d %b}"
        because = "Worse than at the best, on two visits running, after a fall that was clear."
        return Verdict(f"{RELAPSE}: {steps} since {since}{_after_stops(followed)}", because, "worse")
    if told.recent and told.recent.z < 0:
        day = f"{followed.day(told.recent.week):%-d %b}"
        return Verdict(f"More inflamed spots since about {day}", "No change of treatment is entered.", "worse")
    worst = told.statements[0] if told.statements else None
    return _verdict(followed, worst) if worst else None


def level(progress: Progress) -> Verdict:
    """Return the number on the face and the level behind it, from all visits; before three visits why there is none."""
    told = progress.followed.told
    if told is None or told.answer(Question.START) is None:
        return inflammatory(progress)
    state = told.states[-1]
    because = f"From all visits; the level behind the ups and downs is {whole(state.level)}. 80\u00a0% intervals."
    return Verdict(f"About {whole(state.now)} on the face", because, "same")


def answers(progress: Progress) -> list[Verdict]:
    """Return what is said since the start, the best, the last change of treatment and the last look, worst first."""
    first = headline(progress)
    return [verdict for _, verdict in answers_of(progress.followed) if verdict != first]


def answers_of(followed: Followed) -> list[tuple[Statement, Verdict]]:
    """Return every statement with its words, worst first."""
    return [(one, _verdict(followed, one)) for one in followed.told.statements] if followed.told else []


def visit_words(progress: Progress, visit: VisitRecord) -> str:
    """Return what was to be said at one visit, in the light of the visits up to it."""
    followed = progress.followed
    if visit.id in followed.left_out:
        return f"Not compared with the other visits: {followed.left_out[visit.id]}."
    if followed.told is None or followed.constants is None or visit not in followed.visits:
        return f"Not compared: {followed.unavailable}." if followed.unavailable and visit.assessment else ""
    place = followed.visits.index(visit)
    state, said = followed.told.states[place], followed.constants.said_at
    behind = f"the level behind the ups and downs is {whole(state.level)}"
    numbers = f"About {whole(state.now)} inflamed spots that day; {behind} (80\u00a0% intervals)."
    first = headline(progress) if visit == followed.latest else None
    if first and first.says.startswith(RELAPSE):
        numbers = f"{first.says}. {numbers}"
    if place + 1 < FEWEST_VISITS or state.week <= followed.told.start:
        return numbers
    before = followed.told.states[place - 1]
    running = before.face * state.face > 0 and min(abs(before.face), abs(state.face)) > said.face
    direction = "fewer" if state.face > 0 else "more"
    face = f"{direction} than at the start" if running else f"probably {direction} than at the start"
    face = face if running or abs(state.face) > said.probably else "a change since the start could not be told"
    trend = "clearly" if abs(state.trend) > said.clearly else "likely" if abs(state.trend) > said.likely else ""
    more = f", {trend} more than ordinary ups and downs" if trend and state.trend * state.face > 0 else ""
    return f"{numbers} At this visit: {face}{more}."


def inflammatory(progress: Progress) -> Verdict:
    """Return what is said of the inflammatory count since the start."""
    followed = progress.followed
    if followed.told is None:
        return Verdict("Cannot be compared", sentence(followed.unavailable or ""), "unknown")
    statement = followed.told.answer(Question.START)
    if statement is None:
        return _too_few(followed)
    return _verdict(followed, statement)


def verdicts(progress: Progress) -> dict[str, Verdict]:
    """Return what is said of the inflammatory count, its level, the comedones and the IGA."""
    return {
        "inflammatory": inflammatory(progress),
        "level": level(progress),
        "non_inflammatory": comedones(progress),
        "IGA": iga(progress),
    }


def comedones(progress: Progress) -> Verdict:
    """Return both numbers of a count that has no reference to be checked by, and no verdict."""
    before, latest = progress.baseline, progress.latest
    if before is None or latest is None or before is latest or not before.assessment or not latest.assessment:
        return Verdict("First assessed visit", "Change is stated from the next one on.", "unknown")
    counts = [assessment.counts["non_inflammatory"].value for assessment in (before.assessment, latest.assessment)]
    because = "Whether that is a change cannot be told while the count is experimental."
    return Verdict("\u00a0→\u00a0".join(map(str, counts)) + " since the baseline", because, "unknown")


def iga(progress: Progress) -> Verdict:
    """Return what is said of the IGA: how probable trials' success is, not a difference of two estimates."""
    before, latest = progress.baseline, progress.latest
    if before is None or latest is None or before is latest or not before.assessment or not latest.assessment:
        return Verdict("First assessed visit", "Success is stated from the next one on.", "unknown")
    chance = success_probability(before.assessment.grade("IGA"), latest.assessment.grade("IGA"))
    if chance is None:
        return Verdict("Cannot be compared with the baseline", "One of the two visits has no IGA.", "unknown")
    because = "Trials call 0 or 1, with a drop of two grades or more, a success. From both estimates, unvalidated."
    return Verdict(f"{percent(chance)} probable that it is a success since the baseline", because, "same")


def change_line(verdict: Verdict | None, assessed: bool) -> str:
    """Return what is read first in one short sentence, for a list."""
    if verdict:
        return f"{verdict.about}: {verdict.says}." if verdict.about else f"{verdict.says}."
    return "Too few visits to tell." if assessed else "Not assessed yet."


def extent(progress: Progress) -> str:
    """Return how many visits over how long."""
    count = len(progress.visits)
    if not count:
        return "No visits yet"
    if count == 1:
        return f"1 visit, on {progress.visits[0].day:%-d %B %Y}"
    span = {0: "less than a week", 1: "a week"}.get(progress.weeks, f"{progress.weeks} weeks")
    return f"{count} visits in {span}, the last on {progress.visits[-1].day:%-d %B %Y}"


def _verdict(followed: Followed, statement: Statement) -> Verdict:
    assert followed.told is not None
    about = _about(followed, statement)
    now, then = followed.told.states[-1].now, statement.since.now
    direction = "fewer" if statement.fewer else "more"
    says = {
        Sure.WHOLE: f"{direction.capitalize()} on the face",
        Sure.HALF: f"Probably {direction} on the face",
        Sure.NOT: "A change cannot be told yet",
    }[statement.face]
    numbers = f"About {whole(now)} now, {whole(then)} then."
    parts = [numbers, _trend_words(statement)]
    if statement.face is Sure.NOT and statement.question is Question.START and followed.would_show:
        fall, visit = followed.would_show
        parts.append(f"A fall of {fall}\u00a0% or more would show by the {ordinal(visit)} visit.")
    told = statement.face is not Sure.NOT or statement.trend is not Sure.NOT
    tone = ("better" if statement.fewer else "worse") if told else "same"
    return Verdict(says, " ".join(parts), tone, about)


def _trend_words(statement: Statement) -> str:
    if statement.trend is Sure.NOT or statement.falling != statement.fewer:
        return ORDINARY
    return f"{'Clearly' if statement.trend is Sure.WHOLE else 'Likely'} more than ordinary ups and downs."


def _about(followed: Followed, statement: Statement) -> str:
    day = f"{followed.day(statement.since.week):%-d %b %Y}"
    also = [ALSO[question] for question in statement.also if question in ALSO]
    if statement.question is Question.START and Question.TREATMENT in statement.also:
        also.remove(ALSO[Question.TREATMENT])  # A start is one by itself.
    about = {
        Question.START: f"Since the start, {day}",
        Question.BEST: f"Since the best, {day}",
        Question.TREATMENT: f"Since the last change of treatment, {day}",
        Question.LOOKED: f"Since you last looked, visit of {day}",
        Question.CHOSEN: f"Since {day}, as chosen",
    }[statement.question]
    return ", ".join([about, *also])


def _too_few(followed: Followed) -> Verdict:
    if len(followed.visits) == 1:
        return Verdict("First assessed visit", "Change is stated from three visits on.", "unknown")
    return Verdict("Too few visits to tell", "Two photos alone tell no change: it takes three visits.", "unknown")


def _after_stops(followed: Followed) -> str:
    """How long before the latest visit treatment was stopped, where everything was, and not later than the best."""
    stops = [course.stopped_on for course in followed.courses if course.stopped_on]
    latest = followed.latest.day
    if not stops or any(course.covers(latest) for course in followed.courses):
        return ""
    last = max(stops)
    stopped = [stop for stop in stops if (last - stop).days <= 14]
    drugs = {1: "the drug was", 2: "both drugs were"}.get(len(stopped), "the drugs were")
    return f", {number_of((latest - last).days // 7, 'week')} after {drugs} stopped"


def _counted(followed: Followed, week: float) -> int:
    """The number that was counted at a visit, over the zones that are compared."""
    visit = followed.at(week)
    assert visit.assessment is not None
    zones = visit.assessment.zones or {}
    return sum(zones[zone][kind] for zone in followed.zones for kind in ("papule", "pustule", "nodule"))
