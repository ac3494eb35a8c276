"""The observations of one visit: counts with their intervals, the IGA with its distribution."""

from typing import Any

from mobile_models.grading.instruments import IGA
from mobile_models.lesions import COUNTED, is_experimental
from server.fhir.coding import AI_ASSERTED, IMAGING, concept
from server.progress.records import VisitRecord
from server.timeline.assessment import Assessment, Count
from server.timeline.dates import with_plain_offset

Reference = dict[str, Any]

DATE_DOUBTED = "The date is the phone's and cannot be right; the patient was asked to check it."


def observations(
    visit: VisitRecord, subject: Reference, device: Reference, photos: list[Reference]
) -> list[tuple[str, dict[str, Any]]]:
    """Return (code, Observation) for all that the model said of an assessed visit."""
    assessment = visit.assessment
    if assessment is None:
        return []
    frame = {
        "resourceType": "Observation",
        "meta": {"security": [AI_ASSERTED]},
        "status": "preliminary",
        "category": [IMAGING],
        "subject": subject,
        "effectiveDateTime": with_plain_offset(visit.at).isoformat(),
        "bodySite": {"text": "Face"},
        "device": device,
        "derivedFrom": photos,
    }
    observed = [(name, _count(name, assessment.counts[name])) for name in COUNTED]
    if IGA in assessment.grades:
        observed.append(("iga", _iga(assessment)))
    doubts = [{"text": DATE_DOUBTED}] if visit.date_doubted else []
    return [
        (name, {**frame, **what, **({"note": notes} if (notes := [*doubts, *what.get("note", [])]) else {})})
        for name, what in observed
    ]


def _count(name: str, count: Count) -> dict[str, Any]:
    notes = [{"text": "Experimental: no annotated whole-face reference for comedones exists."}]
    return {
        "code": concept(name),
        "valueInteger": count.value,
        "component": [
            {"code": concept("interval-low"), "valueInteger": count.low},
            {"code": concept("interval-high"), "valueInteger": count.high},
        ],
        **({"note": notes} if is_experimental(name) else {}),
    }


def _iga(assessment: Assessment) -> dict[str, Any]:
    grade = assessment.grades[IGA]
    if grade.number is None:
        return {"code": concept("iga"), "dataAbsentReason": {"text": grade.reason}}
    return {
        "code": concept("iga"),
        "valueInteger": grade.number,
        "note": [{"text": f"Estimated from counts by unvalidated thresholds. Basis: {grade.basis}."}],
        "component": [
            {
                "code": concept("grade-probability", f"Probability of IGA {name}"),
                "valueQuantity": {"value": share},
            }
            for name, share in grade.distribution.items()
        ],
    }
