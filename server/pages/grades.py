"""A visit's grades as its page shows them: the estimate, what stands beside it, its distribution."""

from dataclasses import dataclass

from markupsafe import Markup

from mobile_models.grading import iga
from mobile_models.grading.instruments import GAGS, GEA, HAYASHI, IGA, NG198
from server.progress.charts.columns import columns_chart
from server.progress.charts.distribution import distribution_chart
from server.timeline.assessment import Assessment, Grade

HEADINGS = {
    IGA: "IGA, investigator’s global assessment",
    GEA: "GEA, global evaluation of acne",
    HAYASHI: "Hayashi, worse half of the face",
    GAGS: "GAGS, face only",
    NG198: "NG198, severity by counts (NICE 2021)",
}


FOR_DERMATOLOGISTS = (NG198,)
"""Its thresholds are published for people who count; a patient is not told a severity that a model counted."""


@dataclass(frozen=True)
class ShownGrade:
    """One instrument; `value` is None where it is unavailable for `reason`."""

    heading: str
    value: str | None
    beside: str = ""
    chart: Markup | None = None
    basis: str = ""
    reason: str = ""


def shown_grades(assessment: Assessment | None, to_dermatologist: bool) -> list[ShownGrade]:
    """Return the grades in the order of `HEADINGS`, any other instrument after them."""
    every = assessment.grades if assessment else {}
    grades = {name: grade for name, grade in every.items() if to_dermatologist or name not in FOR_DERMATOLOGISTS}
    known = [name for name in HEADINGS if name in grades]
    return [_shown(grades[name]) for name in [*known, *(name for name in grades if name not in HEADINGS)]]


def _shown(grade: Grade) -> ShownGrade:
    heading = HEADINGS.get(grade.instrument, grade.instrument)
    if grade.value is None:
        return ShownGrade(heading, None, reason=grade.reason)
    name, value = f"grade-{grade.instrument}", str(grade.value)
    title = f"How probable each {grade.instrument} grade is"
    if grade.out_of is not None and grade.number is not None:
        shares = {int(score): share for score, share in grade.distribution.items()}
        chart = columns_chart(name, title, shares, grade.number, grade.out_of)
        return ShownGrade(heading, value, f"out of {grade.out_of}", chart, grade.basis)
    beside = iga.WORDS[grade.number] if grade.instrument == IGA and grade.number is not None else ""
    chart = distribution_chart(name, title, grade.distribution, value)
    return ShownGrade(heading, value, beside, chart, grade.basis)
