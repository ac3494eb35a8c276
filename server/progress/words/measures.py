"""What is said of each measure since the start: the inflammatory count and its level, the comedones, the IGA."""

from mobile_models.grading.instruments import IGA
from mobile_models.lesions import INFLAMMATORY, NON_INFLAMMATORY
from mobile_models.series.verdict import Question
from server.progress.following import Followed
from server.progress.progress import Progress
from server.progress.success import success_probability
from server.progress.words.numbers import percent, sentence, whole
from server.progress.words.verdicts import Verdict, verdict_of


def verdicts(progress: Progress) -> dict[str, Verdict]:
    """Return what is said of the inflammatory count, its level, the comedones and the IGA."""
    return {
        INFLAMMATORY: inflammatory(progress),
        "level": level(progress),
        NON_INFLAMMATORY: comedones(progress),
        IGA: iga(progress),
    }


def level(progress: Progress) -> Verdict:
    """Return the number on the face and the level behind it, from all visits; before three visits why there is none."""
    told = progress.followed.told
    if told is None or told.answer(Question.START) is None:
        return inflammatory(progress)
    state = told.states[-1]
    because = f"From all visits; the level behind the ups and downs is {whole(state.level)}. 80\u00a0% intervals."
    return Verdict(f"About {whole(state.now)} on the face", because, "same")


def inflammatory(progress: Progress) -> Verdict:
    """Return what is said of the inflammatory count since the start."""
    followed = progress.followed
    if followed.told is None:
        return Verdict("Cannot be compared", sentence(followed.unavailable or ""), "unknown")
    statement = followed.told.answer(Question.START)
    if statement is None:
        return _too_few(followed)
    return verdict_of(followed, statement)


def comedones(progress: Progress) -> Verdict:
    """Return both numbers of a count that has no reference to be checked by, and no verdict."""
    before, latest = progress.baseline, progress.latest
    if before is None or latest is None or before is latest or not before.assessment or not latest.assessment:
        return Verdict("First assessed visit", "Change is stated from the next one on.", "unknown")
    counts = [assessment.counts[NON_INFLAMMATORY].value for assessment in (before.assessment, latest.assessment)]
    because = "Whether that is a change cannot be told while the count is experimental."
    return Verdict("\u00a0→\u00a0".join(map(str, counts)) + " since the baseline", because, "unknown")


def iga(progress: Progress) -> Verdict:
    """Return what is said of the IGA: how probable trials' success is, not a difference of two estimates."""
    before, latest = progress.baseline, progress.latest
    if before is None or latest is None or before is latest or not before.assessment or not latest.assessment:
        return Verdict("First assessed visit", "Success is stated from the next one on.", "unknown")
    chance = success_probability(before.assessment.grade(IGA), latest.assessment.grade(IGA))
    if chance is None:
        return Verdict("Cannot be compared with the baseline", "One of the two visits has no IGA.", "unknown")
    because = "Trials call 0 or 1, with a drop of two grades or more, a success. From both estimates, unvalidated."
    return Verdict(f"{percent(chance)} probable that it is a success since the baseline", because, "same")


def _too_few(followed: Followed) -> Verdict:
    if len(followed.visits) == 1:
        return Verdict("First assessed visit", "Change is stated from three visits on.", "unknown")
    return Verdict("Too few visits to tell", "Two photos alone tell no change: it takes three visits.", "unknown")
