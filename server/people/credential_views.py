"""Passwords, recovery codes and second factors over the API."""

from server.foundation.http.api import Blueprint
from server.foundation.http.rate_limits import PROOF, RECOVERY, limited
from server.people import credential_schemas as schemas
from server.people.credentials import password, recovery, second_factor, standing_in
from server.people.credentials.enrolment import works_before_enrolment
from server.people.credentials.tokens import caller, current_device, token_required

blueprint = Blueprint("credentials", __name__, url_prefix="/v1", description="Proving who one is")


@blueprint.put("/account/password")
@token_required
@limited(*PROOF)
@works_before_enrolment
@blueprint.arguments(schemas.PasswordChange)
@blueprint.response(204)
def change_password(body: dict[str, str]) -> None:
    """Change the caller's password and sign all their other devices out."""
    password.change_password(current_device(), **body)


@blueprint.post("/account/recovery-codes")
@token_required
@limited(*PROOF)
@blueprint.arguments(schemas.PasswordOnly)
@blueprint.response(201, schemas.Codes)
def create_codes(body: dict[str, str]) -> dict[str, list[str]]:
    """Make ten recovery codes in place of those from before."""
    password.require_password(caller(), body["password"])
    return {"codes": recovery.replace_codes(caller())}


@blueprint.post("/recovery")
@limited(*RECOVERY)
@blueprint.arguments(schemas.Recovery)
@blueprint.response(204)
def recover(body: dict[str, str]) -> None:
    """Set a new password by a recovery code, and sign all devices out."""
    recovery.recover(**body)


@blueprint.delete("/account/recovery")
@token_required
@blueprint.response(204)
def take_recovery_back() -> None:
    """Undo what a recovery code was used for: the former password is good again, and all codes are void."""
    standing_in.take_back(caller())


@blueprint.post("/account/second-factor")
@token_required
@limited(*PROOF)
@works_before_enrolment
@blueprint.arguments(schemas.PasswordOnly)
@blueprint.response(201, schemas.Secret)
def begin_second_factor(body: dict[str, str]) -> dict[str, str]:
    """Begin to set up an authenticator."""
    secret, uri = second_factor.begin(caller(), body["password"])
    return {"secret": secret, "uri": uri}


@blueprint.put("/account/second-factor")
@token_required
@limited(*PROOF)
@works_before_enrolment
@blueprint.arguments(schemas.Digits)
@blueprint.response(200, schemas.Codes)
def confirm_second_factor(body: dict[str, str]) -> dict[str, list[str]]:
    """Put the authenticator in force by what it shows, and get recovery codes."""
    return {"codes": second_factor.confirm(caller(), body["code"])}


@blueprint.post("/account/second-factor/removal")
@token_required
@limited(*PROOF)
@blueprint.arguments(schemas.Removal)
@blueprint.response(204)
def remove_second_factor(body: dict[str, str]) -> None:
    """Take the authenticator away."""
    second_factor.remove(caller(), **body)
