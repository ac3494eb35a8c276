"""Assessing photos over the API."""

from typing import Any

from flask import Response, jsonify

from server.assessing.on_request import assessed, require_assessing
from server.assessing.sent_photos import DESCRIBED, FORM, sent_visit
from server.foundation.config import settings
from server.foundation.http.api import Blueprint
from server.foundation.http.rate_limits import ASSESSMENTS, limited
from server.people.credentials.tokens import caller, token_required

blueprint = Blueprint("assessing", __name__, url_prefix="/v1/assessments", description="For apps that run no model")

_PARTS = ("photos", "counts", "zones", "grades", "model")
ASSESSMENT: dict[str, Any] = {
    "type": "object",
    "properties": {name: {"type": ["object", "array", "null"]} for name in _PARTS},
    "required": list(_PARTS),
}


@blueprint.post("")
@token_required
@limited(*ASSESSMENTS)
@blueprint.doc(requestBody={"required": True, "content": {FORM: {"schema": DESCRIBED}}})
@blueprint.response(200, ASSESSMENT, description="The assessment, as a phone makes it and pushes it")
def assess_photos() -> Response:
    """Count and grade what the photos of one visit show; neither the photos nor the answer are kept here."""
    bundle = require_assessing(caller())
    return jsonify(assessed(sent_visit(settings().photo_max_bytes), bundle))
