"""An assessment as a person reads it at a terminal: estimates with their intervals, not a diagnosis."""

from __future__ import annotations

from collections.abc import Iterator

from mobile_models.assessment import Assessment
from mobile_models.grading.grade import Grade, Unavailable
from mobile_models.lesions import EXPERIMENTAL, INFLAMMATORY, NON_INFLAMMATORY, TOTAL, Count

ROWS = {
    INFLAMMATORY: "inflammatory",
    "papule": "  papules",
    "pustule": "  pustules",
    "nodule": "  nodules",
    NON_INFLAMMATORY: "non-inflammatory (comedones)",
    TOTAL: "total",
}


def summarise(assessment: Assessment) -> str:
    """Several lines of text, without a newline at the end."""
    return "\n".join(_lines(assessment))


def _lines(assessment: Assessment) -> Iterator[str]:
    for photo in assessment.photos:
        how = "with the guide" if photo.capture.guided else "without the guide"
        yield f"{photo.capture.name}: {photo.capture.view} view, {how}"
        for warning in photo.quality.to_json()["warnings"]:
            yield f"  ! {warning['message']}"
    yield "  Lesions counted [where a reference count is expected to lie]"
    for name, title in ROWS.items():
        yield f"    {title:<30}{_count(assessment.counts[name])}{' experimental' * (name in EXPERIMENTAL)}"
    yield "  Grades, estimated from these counts"
    for name, grade in assessment.grades.items():
        yield f"    {name:<9}{_grade(grade)}"
    yield f"  By model {assessment.model['id']} {assessment.model['version']}. An estimate, not a diagnosis."


def _count(count: Count) -> str:
    return f"{count.value:>4}  [{count.low}–{count.high}]"


def _grade(grade: Grade | Unavailable) -> str:
    if isinstance(grade, Unavailable):
        return f"not available: {grade.reason}"
    scale = f" of {grade.out_of}" if grade.out_of else ""
    likeliest = sorted(grade.distribution, key=lambda name: -grade.distribution[name])[:3]
    chances = ", ".join(
        f"{name}: {p:.0%}" for name, p in grade.distribution.items() if name in likeliest and p >= 0.005
    )
    unvalidated = "" if grade.validated else "; thresholds not validated"
    return f"{grade.value}{scale}  ({chances}; {grade.basis}{unvalidated})"
