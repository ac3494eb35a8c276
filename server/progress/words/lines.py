"""A series in one line, for a list."""

from server.progress.progress import Progress
from server.progress.words.verdicts import Verdict


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
