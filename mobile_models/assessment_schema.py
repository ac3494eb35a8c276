"""The JSON Schema of an assessment: what apps file, servers store and every port writes, for whoever checks it.

It is read as a dictionary and needs no library here; what of it is required is what a reader may rely on.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ASSESSMENT_SCHEMA_FILE = Path(__file__).parent / "assessment.schema.json"


def assessment_schema() -> dict[str, Any]:
    """Return the schema of an assessment as `Assessment.visit_json` gives it (JSON Schema, draft 2020-12)."""
    schema: dict[str, Any] = json.loads(ASSESSMENT_SCHEMA_FILE.read_text(encoding="utf-8"))
    return schema
