"""Whom to call, for everybody's app."""

from typing import Any

from server.foundation.config import settings
from server.foundation.http.api import Blueprint
from server.phone.helplines.table import Helplines, helplines

blueprint = Blueprint("helplines", __name__, url_prefix="/v1/helplines", description="Whom to call in need")

AN_HOUR = {"Cache-Control": "public, max-age=3600"}


@blueprint.get("")
@blueprint.response(200, Helplines)
def show() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Give what the operator knows better than the app's own table: needs no sign-in, and is the same for everybody."""
    return helplines(settings()), 200, AN_HOUR
