"""What else is to be said and asked: of half, of a turn, of the start, of the weeks to come."""

from datetime import timedelta

from mobile_models.series.verdict import FEWEST_VISITS, Question, Sure, Told
from server.progress.following import Followed
from server.progress.progress import Progress
from server.progress.words.numbers import how_many, listed, rounded

STARTS = 3
STOPS_BEFORE = timedelta(weeks=8)
"""A stop so long before the best can still be why it is worse since."""
OUTLOOK_RESTS_ON = "Provisional: simulated, on curves of trials that were not checked against their papers."


def further(progress: Progress, *, patient: bool) -> list[str]:
    """Return what else is to be said and asked, in whole sentences."""
    followed = progress.followed
    told = followed.told
    if told is None:
        return []
    sentences = []
    if told.first_told is not None:
        sentences.append(
            f"A change since the start was first told at the visit of {followed.day(told.first_told):%-d %B}."
        )
    start = told.answer(Question.START)
    if told.at_best and start and start.fewer and Sure.NOT is not start.face:
        sentences.append("The level was never lower than now.")
    if told.half_since is not None:
        sentences.append(
            f"Half of the start’s number or fewer was reached by {followed.day(told.half_since):%-d %B}, on two visits "
            "running."
        )
    if asked := _asked(followed, told):
        sentences.append(asked)
    surprise = told.states[-1].surprise
    if followed.constants and abs(surprise) > followed.constants.said_at.surprise and len(told.states) >= FEWEST_VISITS:
        sentences.append("The latest photo disagrees with the others; take it again.")
    if start_advice := _start(followed, told):
        sentences.append(start_advice)
    if look := _outlook(followed, patient=patient):
        sentences.append(look)
    if followed.left_out:
        why = sorted(set(followed.left_out.values()))
        number = how_many(len(followed.left_out), "visit")
        sentences.append(f"{number.capitalize()} not compared: {'; '.join(why)}.")
    if 0 < len(followed.zones) < 5:
        sentences.append(f"Compared over {listed(followed.zones)}, which these visits all show.")
    return sentences


def _asked(followed: Followed, told: Told) -> str:
    """What the patient is asked where the number moved and no change of treatment that is entered can be why."""
    if told.recent is not None:
        what, done = ("More", "stopped") if told.recent.z < 0 else ("Fewer", "started")
        return (
            f"{what} inflamed spots since about {followed.day(told.recent.week):%-d %B} than in the weeks before, and "
            f"no change of treatment is entered: was something {done}?"
        )
    if told.relapse is None:
        return ""
    best = followed.day(told.relapse.week)
    if any(course.stopped_on and course.stopped_on >= best - STOPS_BEFORE for course in followed.courses):
        return ""
    return (
        f"More inflamed spots than at the best, {best:%-d %B}, and no stop of a treatment is entered: "
        "was something stopped?"
    )


def _start(followed: Followed, told: Told) -> str:
    why = "a single photo makes an improvement look real, or hides one"
    when = "before a treatment starts (two weeks and one week before, and on the day)"
    if not followed.courses:
        return f"Take three visits {when}: {why}." if len(told.states) < STARTS else ""
    if told.before_start >= STARTS:
        return ""
    number = how_many(told.before_start, "visit")
    few = why if told.before_start == 1 else "so few make an improvement look real, or hide one"
    return f"Only {number} before the treatment began: {few}. Take three {when}."


def _outlook(followed: Followed, *, patient: bool) -> str:
    look, constants = followed.outlook, followed.constants
    if look is None or constants is None or followed.told is None:
        return ""
    words = [
        f"People on such courses whose first weeks looked like these mostly have {rounded(look.number)} inflamed "
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
