"""What is read first, and what is said since the start, the best, the last treatment and the last look."""

from dataclasses import dataclass

from mobile_models.lesions import INFLAMMATORY, lesions_in
from mobile_models.series.verdict import Question, Statement, Sure
from server.progress.following import Followed
from server.progress.progress import Progress
from server.progress.words.numbers import how_many, ordinal, whole

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
    return verdict_of(followed, worst) if worst else None


def answers(progress: Progress) -> list[Verdict]:
    """Return what is said since the start, the best, the last change of treatment and the last look, worst first."""
    first = headline(progress)
    return [verdict for _, verdict in answers_of(progress.followed) if verdict != first]


def answers_of(followed: Followed) -> list[tuple[Statement, Verdict]]:
    """Return every statement with its words, worst first."""
    return [(one, verdict_of(followed, one)) for one in followed.told.statements] if followed.told else []


def verdict_of(followed: Followed, statement: Statement) -> Verdict:
    """Return a statement in words; the series has to have been told."""
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


def _after_stops(followed: Followed) -> str:
    """How long before the latest visit treatment was stopped, where everything was, and not later than the best."""
    stops = [course.stopped_on for course in followed.courses if course.stopped_on]
    latest = followed.latest.day
    if not stops or any(course.covers(latest) for course in followed.courses):
        return ""
    last = max(stops)
    stopped = [stop for stop in stops if (last - stop).days <= 14]
    drugs = {1: "the drug was", 2: "both drugs were"}.get(len(stopped), "the drugs were")
    return f", {how_many((latest - last).days // 7, 'week')} after {drugs} stopped"


def _counted(followed: Followed, week: float) -> int:
    """The number that was counted at a visit, over the zones that are compared."""
    visit = followed.at(week)
    assert visit.assessment is not None
    zones = visit.assessment.zones or {}
    return lesions_in(zones, followed.zones, INFLAMMATORY)
