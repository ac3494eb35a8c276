"""Why a patient may need to be looked at, whatever their grade: facts of a timeline that a list is filtered by."""

from datetime import timedelta
from enum import StrEnum

from server.progress.progress import Progress
from server.progress.words.verdicts import headline

RESPONSE_BY = timedelta(weeks=12)
"""By when a course should have shown a response; what has none by then is to be reconsidered."""

ISOTRETINOIN = "isotretinoin"


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
    holds = {
        Flag.UNASSESSED: newest.assessment is None,
        Flag.WORSE: verdict is not None and verdict.tone == "worse",
        Flag.NO_RESPONSE: treated_long and verdict is not None and verdict.tone != "better",
        Flag.ISOTRETINOIN: any(ISOTRETINOIN in course.name.casefold() for course in running),
    }
    return tuple(flag for flag, is_so in holds.items() if is_so)
