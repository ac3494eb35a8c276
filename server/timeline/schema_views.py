"""Published schemas, for whoever writes or reads what a row holds as text."""

from typing import Any

from flask import current_app
from marshmallow import INCLUDE, Schema

from mobile_models.assessment_schema import assessment_schema
from server.foundation.http.api import Blueprint

blueprint = Blueprint("schemas", __name__, url_prefix="/v1/schemas", description="JSON Schemas")


class JsonSchema(Schema):
    """A JSON Schema, draft 2020-12."""

    class Meta:  # noqa: D106 – marshmallow's
        unknown = INCLUDE


@blueprint.get("/assessment.json")
@blueprint.response(200, JsonSchema)
def show_assessment_schema() -> Any:
    """Give the schema of an assessment, which the `result` of an assessment's row holds as text; it is no secret."""
    return current_app.json.response(assessment_schema())
