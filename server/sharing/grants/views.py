"""Sharing a timeline over the API."""

from collections.abc import Sequence
from typing import Any

from server.foundation.http.api import Blueprint
from server.foundation.http.rate_limits import CODES_HANDED_OVER, INVITATIONS, limited
from server.people.credentials.tokens import caller, token_required
from server.sharing.grants import granting, inviting, schemas
from server.sharing.grants.models import Grant, Invitation

blueprint = Blueprint("sharing", __name__, url_prefix="/v1", description="Sharing with dermatologists")


@blueprint.post("/timelines/<timeline_id>/grants")
@token_required
@limited(*INVITATIONS)
@blueprint.arguments(schemas.NewGrant)
@blueprint.response(201, schemas.GrantShown)
def create_grant(new: dict[str, Any], timeline_id: str) -> Grant | dict[str, Any]:
    """Share the caller's timeline with a dermatologist, or make a code that does."""
    terms = {"scope": new["scope"], "ends_at": new["ends_at"]}
    if new["email"] is not None:
        return granting.grant_by_email(caller(), timeline_id, new["email"], **terms)
    invitation, code = inviting.invite(caller(), timeline_id, **terms)
    return {
        **terms,
        "id": invitation.id,
        "timeline_id": timeline_id,
        "code": code,
        "expires_at": invitation.expires_at,
    }


@blueprint.get("/timelines/<timeline_id>/grants")
@token_required
@blueprint.response(200, schemas.Grants)
def list_grants(timeline_id: str) -> dict[str, Sequence[Grant]]:
    """List whom the caller's timeline is or was shared with."""
    return {"grants": granting.grants_of(caller(), timeline_id)}


@blueprint.delete("/timelines/<timeline_id>/grants/<grant_id>")
@token_required
@blueprint.response(204)
def delete_grant(timeline_id: str, grant_id: str) -> None:
    """Stop sharing, from the dermatologist's next request on."""
    granting.revoke(caller(), timeline_id, grant_id)


@blueprint.delete("/timelines/<timeline_id>/grants/mine")
@token_required
@blueprint.response(204)
def leave(timeline_id: str) -> None:
    """Give up the caller's own grant, as a dermatologist."""
    granting.leave(caller(), timeline_id)


@blueprint.get("/timelines/<timeline_id>/invitations")
@token_required
@blueprint.response(200, schemas.Invitations)
def list_invitations(timeline_id: str) -> dict[str, Sequence[Invitation]]:
    """List the codes that wait to be redeemed."""
    return {"invitations": inviting.invitations_of(caller(), timeline_id)}


@blueprint.delete("/timelines/<timeline_id>/invitations/<invitation_id>")
@token_required
@blueprint.response(204)
def delete_invitation(timeline_id: str, invitation_id: str) -> None:
    """Make an invitation's code worthless."""
    inviting.withdraw(caller(), timeline_id, invitation_id)


@blueprint.post("/grants")
@token_required
@limited(*CODES_HANDED_OVER)
@blueprint.arguments(schemas.Code)
@blueprint.response(201, schemas.GrantShown)
def redeem_code(new: dict[str, str]) -> Grant:
    """Redeem a patient's invitation code, as a dermatologist."""
    return inviting.redeem(caller(), new["code"])
