"""Change between two visits of a timeline, by the phone's own rules and their model's measurement error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from mobile_models import change as rules
from mobile_models.change import MeasureChange, VisitCounts
from server.progress.records import VisitRecord
from server.progress.released import mdc_of
from server.timeline.assessment import Assessment

NO_MDC = "the measurement error of the model that assessed them is not known here"


@dataclass(frozen=True)
class Change:
    """What changed from one assessed visit to another.

    `counts` (by measure, over the zones in `zones`) is empty where `unavailable` gives the reason. `iga` is
    the estimate before and after, None where there is none. `partial` tells that a visit has further zones.
    """

    counts: Mapping[str, MeasureChange]
    zones: tuple[str, ...]
    partial: bool
    iga: tuple[int | None, int | None]
    unavailable: str | None = None

    @property
    def iga_success(self) -> bool:
        """Whether the estimates meet trials' definition of success."""
        before, after = self.iga
        return before is not None and after is not None and rules.iga_success(before, after)


def change_between(baseline: VisitRecord, current: VisitRecord) -> Change:
    """Return the change between two assessed visits. Raises ValueError for one that is not assessed."""
    before, after = _assessed(baseline), _assessed(current)
    iga = before.grade("IGA").number, after.grade("IGA").number
    mdc = mdc_of(after.model)
    if mdc is None:
        return Change({}, (), False, iga, NO_MDC)
    change = rules.change(_counts(before), _counts(after), mdc.table)
    partial = {*change.zones} != {*(before.zones or {}), *(after.zones or {})}
    return Change(change.measures, change.zones, partial, iga, change.unavailable)


def weeks_to_half(baseline: VisitRecord, later: Sequence[VisitRecord]) -> float | None:
    """Return the weeks from the baseline to the first visit with half its inflammatory lesions or fewer."""
    before = _assessed(baseline)
    mdc = mdc_of(before.model)
    if mdc is None:
        return None
    visits = [((visit.at - baseline.at) / timedelta(weeks=1), _counts(_assessed(visit))) for visit in later]
    return rules.weeks_to_half(_counts(before), visits, mdc.table)


def undetectable(baseline: VisitRecord, visits: Sequence[VisitRecord]) -> tuple[float, float] | None:
    """Return the inflammatory counts that cannot be told from the baseline's, as a range.

    None where it would not hold for every visit that the baseline's model assessed: other zones, or no known
    error. Visits of another model are compared with none.
    """
    before = _assessed(baseline)
    assessed = [visit.assessment for visit in visits if visit.assessment and visit.assessment.model == before.model]
    alike = all((each.zones or {}).keys() == (before.zones or {}).keys() for each in assessed)
    mdc = mdc_of(before.model)
    if mdc is None or not before.zones or not alike:
        return None
    root = float(before.counts["inflammatory"].value) ** 0.5
    reach = rules.minimal_detectable_change(float(mdc.table["sem"]["inflammatory"]))
    return max(0.0, root - reach) ** 2, (root + reach) ** 2


def _assessed(visit: VisitRecord) -> Assessment:
    if visit.assessment is None:
        raise ValueError(f"the visit {visit.id} is not assessed")
    return visit.assessment


def _counts(assessment: Assessment) -> VisitCounts:
    model = assessment.model
    return VisitCounts(assessment.zones, {"id": model.id, "version": model.version, "sha256": model.sha256})
