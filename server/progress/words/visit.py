"""What was to be said at one visit."""

from mobile_models.series.verdict import FEWEST_VISITS
from server.progress.progress import Progress
from server.progress.records import VisitRecord
from server.progress.words.numbers import whole
from server.progress.words.verdicts import RELAPSE, headline


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
