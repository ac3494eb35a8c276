"""What the patient reports, as FHIR: check-ins as survey observations, side effects as adverse events."""

from html import escape
from typing import Any

from server.fhir.coding import SURVEY, concept
from server.progress.reported import CheckInRecord, SideEffectRecord
from server.progress.words.reported import SEVERITY_WORDS
from server.timeline.dates import with_plain_offset

Reference = dict[str, Any]
Resource = dict[str, Any]

_TERMS = "http://terminology.hl7.org/CodeSystem/"


def check_in_observation(check_in: CheckInRecord, patient: Reference) -> Resource:
    """Return one check-in; each answer, 0 to 10, is a component."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [SURVEY],
        "code": concept("check-in"),
        "subject": patient,
        "performer": [patient],
        "effectiveDateTime": with_plain_offset(check_in.at).isoformat(),
        "component": [{"code": concept(name), "valueInteger": value} for name, value in check_in.answers.items()],
        "note": [{"text": check_in.note}] if check_in.note else [],
    }


def adverse_event(effect: SideEffectRecord, patient: Reference, course: Reference | None) -> Resource:
    """Return one side effect; the treatment that the patient names is suspected, by nobody else."""
    span = f"From {effect.started_on}" + (f" to {effect.ended_on}." if effect.ended_on else ", goes on.")
    told = f"{span} {effect.note}" if effect.note else span
    div = f'<div xmlns="http://www.w3.org/1999/xhtml">{escape(told)}</div>'
    return {
        "resourceType": "AdverseEvent",
        "text": {"status": "additional", "div": div},
        "actuality": "actual",
        "event": {"text": effect.what},
        "subject": patient,
        "date": effect.started_on.isoformat(),
        "severity": _coded("adverse-event-severity", SEVERITY_WORDS[effect.severity]),
        "outcome": _coded("adverse-event-outcome", "resolved" if effect.ended_on else "ongoing"),
        "recorder": patient,
        "suspectEntity": [{"instance": course}] if course else [],
    }


def _coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": f"{_TERMS}{system}", "code": code, "display": code.capitalize()}]}
