"""What may be said of a series of visits, in words: never more than the counts and their noise allow."""

from collections.abc import Sequence
from dataclasses import dataclass

from mobile_models.series.follow import Interval
from mobile_models.series.verdict import FEWEST_VISITS, Question, Statement, Sure, Told
from server.progress.following import Followed
from server.progress.progress import Progress
from server.progress.records import VisitRecord
from server.progress.released import Noise, noise_of
from server.progress.success import success_probability

IGA_WORDS = ("clear", "almost clear", "mild", "moderate", "severe")
STARTS = 3
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
OUTLOOK_RESTS_ON = "Provisional: simulated, on curves of trials that were not checked against their papers."
ORDINARY = "Ordinary ups and downs could explain this."


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
        return Verdict(f"Relapse: {steps} since {since}{_after_stops(followed)}", because, "worse")
    if told.recent and told.recent.z < 0:
        day = f"{followed.day(told.recent.week):%-d %b}"
        return Verdict(f"More inflamed spots since about {day}", "No change of treatment is entered.", "worse")
    worst = told.statements[0] if told.statements else None
    return _verdict(followed, worst) if worst else None


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
    level = f"the level behind the ups and downs is {_whole(state.level)}"
    numbers = f"About {_whole(state.now)} inflamed spots that day; {level}."
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
        return Verdict("Cannot be compared", _sentence(followed.unavailable or ""), "unknown")
    statement = followed.told.answer(Question.START)
    if statement is None:
        return _too_few(followed)
    return _verdict(followed, statement)


def verdicts(progress: Progress) -> dict[str, Verdict]:
    """Return what is said of the inflammatory count, the comedones and the IGA."""
    return {
        "inflammatory": inflammatory(progress),
        "non_inflammatory": comedones(progress),
        "IGA": iga(progress),
    }


def comedones(progress: Progress) -> Verdict:
    """Return both numbers of a count that has no reference to be checked by, and no verdict."""
    before, latest = progress.baseline, progress.latest
    if before is None or latest is None or before is latest or not before.assessment or not latest.assessment:
        return Verdict("First assessed visit", "Change is stated from the next one on.", "unknown")
    counts = [assessment.counts["non_inflammatory"].value for assessment in (before.assessment, latest.assessment)]
    because = "Whether that is a change can not be told while the count is experimental."
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
    return Verdict(f"{_percent(chance)} probable that it is a success since the baseline", because, "same")


def further(progress: Progress, *, patient: bool) -> list[str]:
    """Return what else is to be said and asked, in whole sentences."""
    followed = progress.followed
    told = followed.told
    if told is None:
        return []
    sentences = []
    if told.half_since is not None:
        sentences.append(
            f"Half of the start’s number or fewer was reached by {followed.day(told.half_since):%-d %B}, on two visits "
            "running."
        )
    if told.recent:
        sentences.append(_asked(followed, told))
    surprise = told.states[-1].surprise
    if followed.constants and abs(surprise) > followed.constants.said_at.surprise and len(told.states) >= FEWEST_VISITS:
        sentences.append("The latest photo disagrees with the others; take it again.")
    if told.before_start < STARTS:
        sentences.append(_start(followed, told))
    if look := _outlook(followed, patient=patient):
        sentences.append(look)
    if followed.left_out:
        why = sorted(set(followed.left_out.values()))
        number = _number(len(followed.left_out), "visit")
        sentences.append(f"{number.capitalize()} not compared: {'; '.join(why)}.")
    if 0 < len(followed.zones) < 5:
        sentences.append(f"Compared over {_listed(followed.zones)}, which these visits all show.")
    return sentences


def caveats(progress: Progress) -> list[str]:
    """Return what must be known beside the figures, plainly."""
    sentences = [
        "Whether a treatment did it cannot be told: in trials, counts fall by 40–50 % within 12 weeks on placebo too."
    ]
    if progress.latest and progress.latest.assessment:
        assessment = progress.latest.assessment
        sentences.append(_noise_words(noise_of(assessment.model)))
        sentences.append(
            "Comedo counts are experimental: no annotated reference for a whole face exists to check them by."
        )
        sentences.append(
            f"All figures are estimates by the model {assessment.model.id} {assessment.model.version}; "
            "the IGA is derived from counts by thresholds that are not validated. This is not a diagnosis."
        )
    return sentences


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
    numbers = f"About {_whole(now)} now, {_whole(then)} then."
    parts = [numbers, _trend_words(statement)]
    if statement.face is Sure.NOT and statement.question is Question.START and followed.would_show:
        fall, visit = followed.would_show
        parts.append(f"A fall of {fall}\u00a0% or more would show by the {_ordinal(visit)} visit.")
    told = statement.face is not Sure.NOT or statement.trend is not Sure.NOT
    tone = ("better" if statement.fewer else "worse") if told else "same"
    return Verdict(says, " ".join(parts), tone, about)


def _trend_words(statement: Statement) -> str:
    if statement.trend is Sure.NOT or statement.falling != statement.fewer:
        return ORDINARY
    return f"{'Clearly' if statement.trend is Sure.WHOLE else 'Likely'} more than ordinary ups and downs."


def _about(followed: Followed, statement: Statement) -> str:
    day = f"{followed.day(statement.since.week):%-d %b %Y}"
    return {
        Question.START: f"Since the start, {day}",
        Question.BEST: f"Since the best, {day}",
        Question.TREATMENT: f"Since the last change of treatment, {day}",
        Question.LOOKED: f"Since you last looked, visit of {day}",
        Question.CHOSEN: f"Since {day}, as chosen",
    }[statement.question]


def _too_few(followed: Followed) -> Verdict:
    if len(followed.visits) == 1:
        return Verdict("First assessed visit", "Change is stated from three visits on.", "unknown")
    return Verdict("Too few visits to tell", "Two photos alone tell no change: it takes three visits.", "unknown")


def _asked(followed: Followed, told: Told) -> str:
    assert told.recent is not None
    what, done = ("More", "stopped") if told.recent.z < 0 else ("Fewer", "started")
    return (
        f"{what} inflamed spots since about {followed.day(told.recent.week):%-d %B} than in the weeks before, and no "
        f"change of treatment is entered: was something {done}?"
    )


def _start(followed: Followed, told: Told) -> str:
    number = _number(told.before_start, "visit")
    before = "the treatment began" if followed.courses else "now"
    return (
        f"Only {number} before {before}: a single photo makes an improvement look real, or hides one. Take three "
        "before a treatment starts (two weeks and one week before, and on the day)."
    )


def _outlook(followed: Followed, *, patient: bool) -> str:
    look, constants = followed.outlook, followed.constants
    if look is None or constants is None or followed.told is None:
        return ""
    words = [
        f"People on such courses whose first weeks looked like these mostly have {_rounded(look.number)} inflamed "
        "spots at week 12 (8 of 10)."
    ]
    if patient:
        words = []
    began = look.week - constants.outlook.week
    if followed.told.states[-1].week - began >= constants.outlook.spoken_from_week:
        if look.half >= constants.outlook.on_course:
            words.append("On course for half or fewer by week 12.")
        elif look.half <= constants.outlook.unlikely:
            words.append("Half is unlikely by week 12: worth raising at the next visit.")
        else:
            words.append("Whether half is reached by week 12 is open.")
    return " ".join([*words, OUTLOOK_RESTS_ON]) if words else ""


def _after_stops(followed: Followed) -> str:
    """How long before the latest visit treatment was stopped, where everything was, and not later than the best."""
    stops = [course.stopped_on for course in followed.courses if course.stopped_on]
    latest = followed.latest.day
    if not stops or any(course.covers(latest) for course in followed.courses):
        return ""
    last = max(stops)
    stopped = [stop for stop in stops if (last - stop).days <= 14]
    drugs = {1: "the drug was", 2: "both drugs were"}.get(len(stopped), "the drugs were")
    return f", {_number((latest - last).days // 7, 'week')} after {drugs} stopped"


def _counted(followed: Followed, week: float) -> int:
    """The number that was counted at a visit, over the zones that are compared."""
    visit = followed.at(week)
    assert visit.assessment is not None
    zones = visit.assessment.zones or {}
    return sum(zones[zone][kind] for zone in followed.zones for kind in ("papule", "pustule", "nodule"))


def _noise_words(noise: Noise | None) -> str:
    if noise is None:
        return "The measurement error of this model is not known here, so nothing is called a change."
    whom = {None: "very few people", 1: "1 person"}.get(noise.people, f"{noise.people} people")
    status = "provisional, " if noise.provisional else ""
    return (
        f"What is said rests on all visits and on the measurement error ({status}from {noise.pairs} repeated captures "
        f"of {whom}); in a year of weekly looks something false is said of about one stable patient in seven."
    )


def _rounded(number: Interval) -> str:
    return f"{number.low:.0f}–{number.high:.0f}"


def _whole(number: Interval) -> str:
    return f"{number.mid:.0f} ({_rounded(number)})"


def _percent(share: float) -> str:
    return "Less than 1\u00a0%" if share < 0.01 else f"{100 * share:.0f}\u00a0%"


def _number(number: int, of: str) -> str:
    written = NUMBERS[number] if number < len(NUMBERS) else str(number)
    return f"{written} {of}" if number == 1 else f"{written} {of}s"


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{ending}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def _listed(zones: Sequence[str]) -> str:
    return ", ".join(zones).replace("_", " ")
