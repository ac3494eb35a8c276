"""What may be said of a series, as statements: since the start, the best, a change of treatment and the last look.

Each rests on all visits, none on two photos alone. *On the face* compares the numbers of two days; *trend* is more than
ordinary ups and downs. How often each is false is in the model card.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mobile_models.series.constants import Constants
from mobile_models.series.follow import Recent, State, follow, is_news
from mobile_models.series.kalman import Setting
from mobile_models.series.since import Since, best, since
from mobile_models.series.visits import Visit

FEWEST_VISITS = 3


class Question(StrEnum):
    """What the latest visit is compared with."""

    START = "start"
    BEST = "best"
    TREATMENT = "treatment"
    LOOKED = "looked"
    CHOSEN = "chosen"


class Sure(StrEnum):
    """How sure a statement is: fewer or more on the face, and a trend."""

    NOT = "not"
    HALF = "half"
    WHOLE = "whole"


@dataclass(frozen=True)
class Statement:
    """The answer to one question; `since` holds the figures, z above 0 for fewer lesions.

    Attributes:
        also: further questions whose earlier visit is the same, which this answers too.
    """

    question: Question
    since: Since
    face: Sure
    trend: Sure
    also: tuple[Question, ...] = ()

    @property
    def fewer(self) -> bool:
        """Whether the number on the face fell."""
        return self.since.face > 0

    @property
    def falling(self) -> bool:
        """Whether the level behind the ups and downs fell."""
        return self.since.trend > 0

    @property
    def worst(self) -> tuple[int, float]:
        """What statements are ordered by, worst first: what is told to be worse, then what is not, then by z."""
        sure = {Sure.NOT: 0, Sure.HALF: 1, Sure.WHOLE: 2}
        severity = max(
            sure[self.face] * (-1 if self.fewer else 1), sure[self.trend] * (-1 if self.falling else 1), key=abs
        )
        return -severity, self.since.face


@dataclass(frozen=True)
class Told:
    """All that is said of a series at its latest visit.

    Attributes:
        states: one a visit.
        start: week of the visit that change is measured from.
        statements: worst first; none below `FEWEST_VISITS` visits.
        relapse: since the best, where a fall was told and is undone; None where not.
        recent: a change that nobody entered; None where there is no such news.
        first_told: week in which a change since the start was first told.
        half_since: week of the first of two visits running at which the level was at half or below, the fall since the
            start being clear by then: half is more than a fall, and not told before it.
        before_start: visits up to the start.
        at_best: whether the level, looking back, was never lower than at the latest visit.
    """

    states: tuple[State, ...]
    start: float
    statements: tuple[Statement, ...]
    relapse: Since | None
    recent: Recent | None
    first_told: float | None
    half_since: float | None
    before_start: int
    at_best: bool

    def answer(self, question: Question) -> Statement | None:
        """The statement on a question, None where it is not to be asked."""
        return next(
            (statement for statement in self.statements if question in (statement.question, *statement.also)), None
        )


def tell(
    visits: Sequence[Visit],
    changes: Collection[float] = (),
    breaks: Collection[float] = (),
    *,
    constants: Constants,
    looked: float | None = None,
    chosen: float | None = None,
) -> Told:
    """Say what may be said.

    Args:
        visits: in order of time, at least one.
        changes: weeks of starts and stops of courses.
        breaks: weeks from which on another model counted.
        constants: the model's numbers.
        looked: week at which the reader last looked, where they did.
        chosen: week of a visit that the reader wants compared.

    Raises:
        SeriesInvalid: as for `follow`.
    """
    states = follow(visits, changes, breaks, constants=constants)
    setting = Setting.of(visits, changes, breaks)
    enough = len(visits) >= FEWEST_VISITS and visits[-1].week > setting.start
    now = _Look(visits, changes, breaks, constants, looked, chosen) if enough else None
    before = _Look(visits[:-1], changes, breaks, constants, looked, chosen) if now else None
    statements = _statements(now, before, constants) if now and before else []
    return Told(
        states=tuple(states),
        start=setting.start,
        statements=tuple(sorted(statements, key=lambda statement: statement.worst)),
        relapse=_relapse(states, now, before, constants) if now and before else None,
        recent=_news(states[-1].recent, changes, constants) if enough else None,
        first_told=_first_told(states, constants) if len(visits) >= FEWEST_VISITS else None,
        half_since=_half_since(states, constants),
        before_start=sum(visit.week <= setting.start for visit in visits),
        at_best=bool(now and now.at_best),
    )


class _Look:
    """The latest visit of some against the earlier ones that are asked for."""

    def __init__(
        self,
        visits: Sequence[Visit],
        changes: Collection[float],
        breaks: Collection[float],
        constants: Constants,
        looked: float | None,
        chosen: float | None,
    ) -> None:
        self.latest = visits[-1].week
        asked: dict[Question, float] = {Question.START: Setting.of(visits, changes, breaks).start}
        asked[Question.BEST] = best(visits, changes, breaks, constants=constants)
        self.at_best = asked[Question.BEST] == self.latest
        for question, moments in (
            (Question.TREATMENT, [week for week in changes if week < self.latest]),
            (Question.LOOKED, [looked] if looked is not None else []),
            (Question.CHOSEN, [chosen] if chosen is not None else []),
        ):
            earlier = [visit.week for visit in visits if moments and visit.week <= max(moments)]
            if earlier:
                asked[question] = earlier[-1]
        weeks = sorted({week for week in asked.values() if week < self.latest})
        answers = dict(zip(weeks, since(visits, weeks, changes, breaks, constants=constants), strict=True))
        self.answers = {question: answers[week] for question, week in asked.items() if week in answers}


def _statements(now: _Look, before: _Look, constants: Constants) -> list[Statement]:
    asked: dict[float, list[Question]] = {}
    for question, answer in now.answers.items():
        asked.setdefault(answer.week, []).append(question)
    statements = []
    for question, *also in asked.values():
        answer, earlier = now.answers[question], before.answers.get(question)
        same = earlier if earlier and earlier.week == answer.week else None
        face, trend = _face(question, answer, same, constants), _trend(question, answer, constants)
        statements.append(Statement(question, answer, face, trend, tuple(also)))
    return statements


def _face(question: Question, change: Since, before: Since | None, constants: Constants) -> Sure:
    limits = constants.said_at
    limit = limits.face if question is Question.START else limits.since
    running = before is not None and before.face * change.face > 0 and abs(before.face) > limit
    if running and abs(change.face) > limit:
        return Sure.WHOLE
    return Sure.HALF if abs(change.face) > limits.probably else Sure.NOT


def _trend(question: Question, change: Since, constants: Constants) -> Sure:
    limits = constants.said_at
    if abs(change.trend) > (limits.clearly if question is Question.START else limits.since):
        return Sure.WHOLE
    return Sure.HALF if abs(change.trend) > limits.likely else Sure.NOT


def _relapse(states: Sequence[State], now: _Look, before: _Look, constants: Constants) -> Since | None:
    """Likely worse than the best on two visits running, after a fall that was clearly told."""
    limits, at_best, earlier = constants.said_at, now.answers.get(Question.BEST), before.answers.get(Question.BEST)
    fell = at_best is not None and any(state.trend > limits.clearly for state in states if state.week <= at_best.week)
    running = earlier is not None and earlier.trend < -limits.likely
    return at_best if at_best and fell and running and at_best.trend < -limits.likely else None


def _news(recent: Recent | None, changes: Collection[float], constants: Constants) -> Recent | None:
    news = recent is not None and abs(recent.z) > constants.said_at.recent and is_news(recent, changes, constants)
    return recent if news else None


def _first_told(states: Sequence[State], constants: Constants) -> float | None:
    limits, before = constants.said_at, 0.0
    for number, state in enumerate(states, 1):
        running = state.face * before > 0 and min(abs(state.face), abs(before)) > limits.face
        if number >= FEWEST_VISITS and (running or abs(state.trend) > limits.clearly):
            return state.week
        before = state.face
    return None


def _half_since(states: Sequence[State], constants: Constants) -> float | None:
    reached = [state.half >= constants.said_at.half for state in states]
    for place in range(1, len(states)):
        if reached[place - 1] and reached[place] and states[place].trend > constants.said_at.clearly:
            return states[place - 1].week
    return None
