"""Rows as phones make them, with ids that count up."""

import hashlib
import io
import json
from datetime import datetime
from typing import Any

from PIL import Image

from mobile_models.lesions import COUNTED, TYPES
from server.timeline.daily_life import ONLY_PROFILE

Values = dict[str, Any]

EDITED = {
    "treatment_courses": {
        "name": ("Adapalene", "Benzoyl peroxide"),
        "dose": (None, "once a day", "twice a day"),
        "note": (None, "stings", "better"),
        "stopped_on": (None, "2026-05-01"),
    },
    "side_effects": {"severity": (1, 2, 3), "ended_on": (None, "2026-05-01")},
    "reminders": {"time_of_day": ("07:30", "21:00", "22:30"), "active": (True, False)},
    "profiles": {"skin_type": (None, 1, 6), "sex": (None, "female", "male")},
}
"""What a person changes in the rows of mutable tables, and to what."""

PROFILE = {"id": ONLY_PROFILE, "skin_type": None, "sex": None}

BAD = {
    "visits": {"recorded_at": "yesterday"},
    "photos": {"view": "behind"},
    "assessments": {"result": "{}"},
    "treatment_courses": {"kind": "magic"},
}
"""What makes a record one that the server refuses for good."""


def _jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((96, 128)).convert("RGB").save(buffer, "JPEG")
    return buffer.getvalue()


JPEG = _jpeg()
SHA256 = hashlib.sha256(JPEG).hexdigest()

_NOTHING = {"value": 0, "low": 0, "high": 2, "expected": 0.4}
RESULT = json.dumps(
    {
        "visit": True,
        "photos": [{"photo": "front", "view": "front", "guided": True, "lesions": []}],
        "counts": dict.fromkeys(COUNTED, _NOTHING),
        "zones": {"nose": dict.fromkeys(TYPES, 0)},
        "grades": {"Hayashi": {"unavailable": "one view only"}},
        "model": {"id": "lesions", "version": "0.1.0", "sha256": "0" * 64},
    }
)


def visit(id: str, at: datetime, amends: str | None = None) -> Values:
    return {"id": id, "recorded_at": at.isoformat(), "guided": True, "frames": None, "note": None, "amends": amends}


def photo(id: str, visit_id: str) -> Values:
    size = {"sha256": SHA256, "width_px": 96, "height_px": 128}
    said = {"view": "front", "media_type": "image/jpeg", "kept_anyway": None, "amends": None}
    return {"id": id, "visit_id": visit_id, **size, **said}


def assessment(id: str, visit_id: str, at: datetime) -> Values:
    model = {"model_id": "lesions", "model_version": "0.1.0", "model_sha256": "0" * 64}
    when = {"visit_id": visit_id, "recorded_at": at.isoformat()}
    return {"id": id, **when, **model, "result": RESULT, "amends": None}


def course(id: str) -> Values:
    fixed = {"id": id, "kind": "topical", "started_on": "2026-01-05"}
    return {**fixed, "name": "Adapalene", "dose": None, "stopped_on": None, "stop_reason": None, "note": None}


def reminder(id: str) -> Values:
    return {"id": id, "title": "Cream", "course_id": None, "time_of_day": "07:30", "weekdays": "135", "active": True}


def side_effect(id: str) -> Values:
    fixed = {"id": id, "what": "dry lips", "course_id": None, "started_on": "2026-02-01"}
    return {**fixed, "severity": 1, "ended_on": None, "note": None}


def intake(id: str, course_id: str, at: datetime) -> Values:
    when = {"course_id": course_id, "recorded_at": at.isoformat()}
    return {"id": id, **when, "taken": True, "amount": None, "amends": None}


def check_in(id: str, at: datetime) -> Values:
    felt = {"itch": 3, "pain": None, "oiliness": None, "stress": 5, "mood": None, "dryness": 4, "bother": None}
    return {"id": id, "recorded_at": at.isoformat(), **felt, "note": None, "amends": None}
