"""A child's data over the API, in a guardian's hands."""

from flask import Response

from server.foundation.http.api import Blueprint
from server.foundation.http.rate_limits import INVITATIONS, PROOF, limited
from server.own_data import wards
from server.own_data.erasure import Erased
from server.own_data.schemas import ErasedShown
from server.people.credential_schemas import PasswordOnly
from server.people.credentials.tokens import caller, token_required

blueprint = Blueprint("ward_data", __name__, url_prefix="/v1", description="All of a child's data, for its guardian")


@blueprint.get("/guardianships/<child_id>/export")
@token_required
@limited(*INVITATIONS)
@blueprint.response(200, content_type="application/zip")
def export(child_id: str) -> Response:
    """Download a copy of the child's records, with the photos only where the child allowed it."""
    return wards.copy_for(caller(), child_id)


@blueprint.post("/guardianships/<child_id>/erasure")
@token_required
@limited(*PROOF)
@blueprint.arguments(PasswordOnly)
@blueprint.response(200, ErasedShown)
def erase(body: dict[str, str], child_id: str) -> Erased:
    """Erase the child's account and all that is theirs, for good; the guardian's password confirms it."""
    return wards.erase_for(caller(), child_id, body["password"])
