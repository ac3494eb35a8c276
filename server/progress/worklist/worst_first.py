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
    """What a patient is ordered by; `inflammatory` is None where no visit is assessed.

    `trend` is worse, same, better or unknown. It was measured over `weeks`, None where there are too few, from
    `earlier` inflammatory lesions to `later` ones, None where the visits cannot be compared: those in the zones
    captured in both visits, so `later` may be less than `inflammatory`, the whole visit's.
    """

    iga: int | None = None
    inflammatory: int | None = None
    trend: str = "unknown"
    weeks: int | None = None
    earlier: int | None = None
    later: int | None = None

    def place(self, name: str) -> tuple[int, int, int, str]:
        """Return what the list is sorted by, smallest first, for the patient of that name."""
        grade = -1 if self.iga is None else self.iga
        return -grade, _RANK[self.trend], -(self.inflammatory or 0), name


def standing(progress: Progress) -> Standing:
    """Return one patient's standing."""
    latest = progress.latest
    if latest is None or latest.assessment is None:
        return Standing()
    iga = latest.assessment.grade("IGA").number
    inflammatory = latest.assessment.counts["inflammatory"].value
    start = _four_weeks_before(progress.assessed)
    if start is None:
        return Standing(iga, inflammatory)
    weeks = round((latest.at - start.at).days / 7)
    change = change_between(start, latest)
    if change.unavailable:
        return Standing(iga, inflammatory, weeks=weeks)
    difference = change.counts["inflammatory"]
    return Standing(iga, inflammatory, _trend(difference), weeks, difference.baseline, difference.current)


def reasons(standing: Standing) -> list[Reason]:
    """Return in words why a patient stands where they do, but for the IGA, which their line shows by itself."""
    if standing.inflammatory is None:
        return [Reason("no assessed visit")]
    return [_trend_reason(standing), Reason(f"{standing.inflammatory} inflammatory")]


def _four_weeks_before(assessed: list[VisitRecord]) -> VisitRecord | None:
    """Return the visit from which the trend to the last one is measured, None where all are too recent."""
    latest = assessed[-1]
    earlier = [visit for visit in assessed if latest.at - visit.at >= SHORTEST]
    comparable = of_one_model(earlier, latest) or earlier
    return min(comparable, key=lambda visit: abs(latest.at - visit.at - SPAN), default=None)


def _trend(difference: MeasureChange) -> str:
    if not difference.exceeds_mdc:
        return "same"
    return "worse" if difference.current > difference.baseline else "better"


def _trend_reason(standing: Standing) -> Reason:
    if standing.weeks is None:
        return Reason("too few weeks for a trend")
    if standing.trend == "unknown":
        return Reason(f"{standing.weeks} weeks not comparable")
    if standing.trend == "same":
        return Reason(f"no detectable change in {standing.weeks} weeks")
    direction = {"worse": "rising", "better": "falling"}[standing.trend]
    steps = f"{standing.earlier}\u00a0→\u00a0{standing.later} in {standing.weeks} weeks"
    return Reason(f"{direction}: {steps}", standing.trend)
