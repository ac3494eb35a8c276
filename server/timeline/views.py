"""Signing up over the API."""

from typing import Any

from server.foundation.http.api import Blueprint
from server.foundation.http.rate_limits import SIGN_UP, limited
from server.people import account_schemas as schemas
from server.people.accounts.models import User
from server.timeline.signing_up import ask_to_sign_up

blueprint = Blueprint("sign_up", __name__, url_prefix="/v1", description="Signing up")


@blueprint.post("/accounts")
@limited(*SIGN_UP)
@blueprint.arguments(schemas.NewAccount)
@blueprint.response(201, schemas.AccountStatus)
def create_account(new: dict[str, Any]) -> User:
    """Sign up a patient, a guardian or, by a code, a dermatologist."""
    return ask_to_sign_up(**new)
