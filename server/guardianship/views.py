"""Guardians over the API."""

from collections.abc import Sequence
from typing import Any

from server.foundation.http.api import Blueprint
from server.foundation.http.rate_limits import CODES_HANDED_OVER, INVITATIONS, limited
from server.guardianship import consenting, inviting, schemas, sharing, wards
from server.people.credentials.tokens import caller, token_required
from server.people.guardians.consent import CURRENT_VERSION, consent_text
from server.people.guardians.models import GuardianInvitation, Guardianship
from server.sharing.grants.models import Grant
from server.sharing.grants.schemas import Grants, GrantShown

blueprint = Blueprint("guardians", __name__, url_prefix="/v1", description="Guardians of children, and their consent")


@blueprint.get("/consent-text")
@token_required
@blueprint.response(200, schemas.ConsentText)
def get_consent_text() -> dict[str, str]:
    """Return the words that a guardian consents to."""
    return {"version": CURRENT_VERSION, "text": consent_text()}


@blueprint.post("/guardian-invitations")
@token_required
@limited(*INVITATIONS)
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
@token_required
@limited(*CODES_HANDED_OVER)
@blueprint.arguments(schemas.NewConsent)
@blueprint.response(201, schemas.GuardianshipShown)
def consent(new: dict[str, Any]) -> Guardianship:
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
def consent_again(body: dict[str, str], child_id: str) -> Guardianship:
    """Consent again, after a withdrawal or to newer words."""
    return consenting.consent_again(caller(), child_id, **body)


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
@token_required
@limited(*INVITATIONS)
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
