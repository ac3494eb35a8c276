"""Guardians over the API."""

from collections.abc import Sequence
from typing import Any

from flask import Response

from server.accounts.tokens import caller, token_required
from server.api import Blueprint
from server.credentials.schemas import PasswordOnly
from server.guardians import consenting, inviting, own_data, schemas, sharing, wards
from server.guardians.consent import CURRENT_VERSION, consent_text
from server.guardians.models import GuardianInvitation, Guardianship
from server.own_data.erasure import Erased
from server.own_data.schemas import ErasedShown
from server.rate_limits import CODES_HANDED_OVER, INVITATIONS, PROOF, limited
from server.sharing.models import Grant
from server.sharing.schemas import Grants, GrantShown

blueprint = Blueprint("guardians", __name__, url_prefix="/v1", description="Guardians of children, and their consent")


@blueprint.get("/consent-text")
@token_required
@blueprint.response(200, schemas.ConsentText)
def get_consent_text() -> dict[str, str]:
    """Return the words that a guardian consents to."""
    return {"version": CURRENT_VERSION, "text": consent_text()}


@blueprint.post("/guardian-invitations")
@limited(*INVITATIONS)
@token_required
@blueprint.arguments(schemas.NewGuardianInvitation)
@blueprint.response(201, schemas.GuardianInvitationShown)
def create_invitation(new: dict[str, Any]) -> dict[str, Any]:
    """Ask for a guardian's consent, as the child: by a code to show, or by the guardian's e-mail."""
    invitation, code = inviting.invite(caller(), new["email"])
    shown = {"id": invitation.id, "child": caller(), "expires_at": invitation.expires_at}
    return {**shown, "code": code} if code else shown


@blueprint.get("/guardian-invitations")
@token_required
@blueprint.response(200, schemas.GuardianInvitations)
def list_invitations() -> dict[str, Sequence[GuardianInvitation]]:
    """List the children who ask the caller, by e-mail, for consent."""
    return {"invitations": inviting.waiting_for(caller())}


@blueprint.post("/guardianships")
@limited(*CODES_HANDED_OVER)
@token_required
@blueprint.arguments(schemas.NewConsent)
@blueprint.response(201, schemas.GuardianshipShown)
def consent(new: dict[str, str | None]) -> Guardianship:
    """Consent for a child, as a guardian, and become theirs."""
    return consenting.consent(caller(), **new)


@blueprint.get("/guardianships")
@token_required
@blueprint.response(200, schemas.Guardianships)
def list_guardianships() -> dict[str, Sequence[Guardianship]]:
    """List the caller's guardians, or the children whose guardian the caller is."""
    return {"guardianships": wards.guardianships_of(caller())}


@blueprint.put("/guardianships/<child_id>/consent")
@token_required
@blueprint.arguments(schemas.TextVersion)
@blueprint.response(200, schemas.GuardianshipShown)
def consent_again(given: dict[str, str], child_id: str) -> Guardianship:
    """Consent again, after a withdrawal or to newer words."""
    return consenting.consent_again(caller(), child_id, **given)


@blueprint.delete("/guardianships/<child_id>/consent")
@token_required
@blueprint.response(204)
def withdraw(child_id: str) -> None:
    """Withdraw consent: nothing more is stored, and every sharing ends."""
    consenting.withdraw(caller(), child_id)


@blueprint.put("/guardians/<guardian_id>")
@token_required
@blueprint.arguments(schemas.PhotosChoice)
@blueprint.response(200, schemas.GuardianshipShown)
def choose_photos(choice: dict[str, bool], guardian_id: str) -> Guardianship:
    """Let a guardian have the photos in their copy of the records, as the child."""
    return wards.choose_photos(caller(), guardian_id, **choice)


@blueprint.get("/guardianships/<child_id>/grants")
@token_required
@blueprint.response(200, Grants)
def list_grants(child_id: str) -> dict[str, Sequence[Grant]]:
    """List with whom the child's timeline is shared."""
    return {"grants": sharing.grants_seen_by(caller(), child_id)}


@blueprint.post("/guardianships/<child_id>/grants")
@limited(*INVITATIONS)
@token_required
@blueprint.arguments(schemas.NewGrantForChild)
@blueprint.response(201, GrantShown)
def create_grant(new: dict[str, Any], child_id: str) -> Grant:
    """Share the child's timeline with a dermatologist."""
    return sharing.share_for(caller(), child_id, **new)


@blueprint.delete("/guardianships/<child_id>/grants/<grant_id>")
@token_required
@blueprint.response(204)
def delete_grant(child_id: str, grant_id: str) -> None:
    """End a sharing of the child's timeline."""
    sharing.revoke_for(caller(), child_id, grant_id)


@blueprint.get("/guardianships/<child_id>/export")
@limited(*INVITATIONS)
@token_required
@blueprint.response(200, content_type="application/zip")
def export(child_id: str) -> Response:
    """Download a copy of the child's records, with the photos only where the child allowed it."""
    return own_data.copy_for(caller(), child_id)


@blueprint.post("/guardianships/<child_id>/erasure")
@limited(*PROOF)
@token_required
@blueprint.arguments(PasswordOnly)
@blueprint.response(200, ErasedShown)
def erase(given: dict[str, str], child_id: str) -> Erased:
    """Erase the child's account and all that is theirs, for good; the guardian's password confirms it."""
    return own_data.erase_for(caller(), child_id, given["password"])
