"""What "worst first" means in the dermatologist's list, and why each patient stands where they do.

Patients are ordered by, one after the other:

1. the latest visit's estimated IGA, highest first; those without one come last;
2. the trend of the inflammatory count: a rise beyond the minimal detectable change first, a fall beyond it
   last. It is measured from the assessed visit nearest to four weeks before the latest one, two weeks at
   least, that the same model assessed: measured from the baseline, a relapse would go unseen until it had
   undone the whole response;
3. the latest inflammatory count, highest first;
4. the name, so that the order never depends on chance.
"""

from dataclasses import dataclass
from datetime import timedelta

from mobile_models.change import MeasureChange
from server.progress.change import change_between
from server.progress.progress import Progress, of_one_model
from server.progress.records import VisitRecord

SPAN = timedelta(weeks=4)
SHORTEST = timedelta(weeks=2)
_RANK = {"worse": 0, "same": 1, "unknown": 1, "better": 2}


@dataclass(frozen=True)
class Reason:
    """One of the things that place a patient; `tone` is better, worse or plain."""

    text: str
    tone: str = "plain"


@dataclass(frozen=True)
class Standing:
    """What a patient is ordered by, and all of it but the IGA in words."""

    iga: int | None
    trend: str
    inflammatory: int
    reasons: tuple[Reason, ...]

    def place(self, name: str) -> tuple[int, int, int, str]:
        """Return what the list is sorted by, smallest first, for the patient of that name."""
        grade = -1 if self.iga is None else self.iga
        return -grade, _RANK[self.trend], -self.inflammatory, name


def standing(progress: Progress) -> Standing:
    """Return one patient's standing."""
    latest = progress.latest
    if latest is None or latest.assessment is None:
        return Standing(None, "unknown", 0, (Reason("no assessed visit"),))
    iga = latest.assessment.grade("IGA").number
    inflammatory = latest.assessment.counts["inflammatory"].value
    trend, said = _trend(progress.assessed)
    return Standing(iga, trend, inflammatory, (said, Reason(f"{inflammatory} inflammatory")))


def _trend(assessed: list[VisitRecord]) -> tuple[str, Reason]:
    latest = assessed[-1]
    earlier = [visit for visit in assessed if latest.at - visit.at >= SHORTEST]
    if not earlier:
        return "unknown", Reason("too few weeks for a trend")
    comparable = of_one_model(earlier, latest) or earlier
    start = min(comparable, key=lambda visit: abs(latest.at - visit.at - SPAN))
    change = change_between(start, latest)
    difference = None if change.unavailable else change.counts["inflammatory"]
    weeks = round((latest.at - start.at).days / 7)
    return _judged(difference, weeks)


def _judged(difference: MeasureChange | None, weeks: int) -> tuple[str, Reason]:
    if difference is None:
        return "unknown", Reason(f"{weeks} weeks not comparable")
    if not difference.exceeds_mdc:
        return "same", Reason(f"no detectable change in {weeks} weeks")
    steps = f"{difference.baseline}\u00a0→\u00a0{difference.current} in {weeks} weeks"
    if difference.current > difference.baseline:
        return "worse", Reason(f"rising: {steps}", "worse")
    return "better", Reason(f"falling: {steps}", "better")
