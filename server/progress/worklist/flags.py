"""Why a patient may need to be looked at, whatever their grade: facts of a timeline that a list is filtered by."""

from datetime import timedelta
from enum import StrEnum

from mobile_models.series.verdict import Question
from server.progress.progress import Progress
from server.progress.words.verdicts import answers_of, headline

RESPONSE_BY = timedelta(weeks=12)
"""By when a course should have shown a response; what has none by then is to be reconsidered."""

ISOTRETINOIN_NAMES = (
    *("isotret", "isotrét"),  # The substance, as it is spelt in English, German, French, Spanish, Polish.
    *("accutan", "absorica", "aknenormin", "amnesteem", "claravis", "curacn", "zenatane"),  # "Roaccutane" too.
)
"""What the names under which isotretinoin is recorded hold; a name that is not here is not found."""


class Flag(StrEnum):
    """One such fact."""

    UNASSESSED = "unassessed"
    WORSE = "worse"
    NO_RESPONSE = "no-response"
    ISOTRETINOIN = "isotretinoin"


def flags_of(progress: Progress) -> tuple[Flag, ...]:
    """Return what holds of a timeline as its records stand; nothing in it depends on today's date."""
    newest = progress.visits[-1] if progress.visits else None
    if newest is None:
        return ()
    running = progress.courses_on(newest.day)
    verdict = headline(progress)
    treated_long = any(newest.day - course.started_on >= RESPONSE_BY for course in running)
    since_start = [said for one, said in answers_of(progress.followed) if one.question is Question.START]
    holds = {
        Flag.UNASSESSED: newest.assessment is None,
        Flag.WORSE: verdict is not None and verdict.tone == "worse",
        Flag.NO_RESPONSE: treated_long and any(said.tone != "better" for said in since_start),
        Flag.ISOTRETINOIN: any(stem in course.name.casefold() for course in running for stem in ISOTRETINOIN_NAMES),
    }
    return tuple(flag for flag, is_so in holds.items() if is_so)
