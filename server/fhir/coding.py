"""The codes that observations are given.

No LOINC or SNOMED CT code for counts of acne lesions or for the IGA was found, so none is claimed. The code
system travels inside every bundle; its url is a fixed UUID because no domain is this project's.
"""

from collections.abc import Mapping
from typing import Any

from mobile_models.lesions import INFLAMMATORY, NON_INFLAMMATORY, PLURALS, TOTAL, TYPES

SYSTEM = "urn:uuid:1c1d5f0a-6a5e-4b0e-9c55-2f0f7d1f6a41"
CODES: Mapping[str, str] = {
    **{kind: f"{PLURALS[kind].capitalize()}, number counted" for kind in TYPES},
    INFLAMMATORY: "Inflammatory lesions (papules, pustules, nodules), number counted",
    NON_INFLAMMATORY: "Non-inflammatory lesions (comedones), number counted",
    TOTAL: "All acne lesions, number counted",
    "iga": "Investigator's global assessment of acne, grade 0 to 4, estimated from counts",
    "interval-low": "Lower end of the central interval",
    "interval-high": "Upper end of the central interval",
    "inflammatory-change": "Change of inflammatory lesions since an earlier visit, from all visits",
    "number-now": "Inflammatory lesions on the face now, estimated from all visits",
    "number-then": "Inflammatory lesions on the face then, estimated from all visits",
    "level-now": "Inflammatory lesions now behind the ups and downs, estimated from all visits",
    "level-then": "Inflammatory lesions then behind the ups and downs, estimated from all visits",
    "z-face": "Standard score of the number on the face now against then, above 0 for fewer",
    "z-trend": "Standard score of the level behind ordinary ups and downs now against then, above 0 for fewer",
    "half-probability": "Probability that the level is at half of the base or below",
    "check-in": "How the patient's skin felt, as they answered",
    "mood": "Mood, 0 the lowest to 10 the best, as the patient answered",
    **{
        name: f"{words}, 0 none to 10 the most, as the patient answered"
        for name, words in (
            ("pain", "Pain of the skin"),
            ("itch", "Itch"),
            ("dryness", "Dryness of the skin"),
            ("bother", "How much the skin bothers"),
            ("oiliness", "Oiliness of the skin"),
            ("stress", "Stress"),
        )
    },
    "grade-probability": "Probability of a grade; the component's text names the grade",
}

_CONCEPT_SYSTEM = "http://terminology.hl7.org/CodeSystem/"
AI_ASSERTED = {
    "system": f"{_CONCEPT_SYSTEM}v3-ObservationValue",
    "code": "AIAST",
    "display": "Artificial Intelligence asserted",
}
IMAGING = {
    "coding": [
        {"system": f"{_CONCEPT_SYSTEM}observation-category", "code": "imaging", "display": "Imaging"},
    ]
}
SURVEY = {
    "coding": [
        {"system": f"{_CONCEPT_SYSTEM}observation-category", "code": "survey", "display": "Survey"},
    ]
}


def concept(code: str, text: str | None = None) -> dict[str, Any]:
    """Return one of our own codes as a CodeableConcept. Raises KeyError for a code that is not ours."""
    return {"coding": [{"system": SYSTEM, "code": code, "display": CODES[code]}], "text": text or CODES[code]}


def code_system() -> dict[str, Any]:
    """Return the code system as a resource."""
    return {
        "resourceType": "CodeSystem",
        "url": SYSTEM,
        "name": "AcnetrackMeasures",
        "title": "What acnetrack observes",
        "status": "draft",
        "experimental": True,
        "content": "complete",
        "count": len(CODES),
        "concept": [{"code": code, "display": display} for code, display in CODES.items()],
    }
