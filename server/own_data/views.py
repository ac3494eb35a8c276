"""All of one's own data over the API: taking it along, and erasing it."""

from flask import Response

from server.foundation.http.api import Blueprint
from server.foundation.http.rate_limits import PROOF, limited
from server.own_data import schemas
from server.own_data.erasure import Erased, erase_account
from server.own_data.export import export_response
from server.people.credential_schemas import PasswordOnly
from server.people.credentials.enrolment import works_before_enrolment
from server.people.credentials.tokens import caller, token_required

blueprint = Blueprint("own_data", __name__, url_prefix="/v1/account", description="All of one's own data")


@blueprint.post("/erasure")
@token_required
@limited(*PROOF)
@works_before_enrolment
@blueprint.arguments(PasswordOnly)
@blueprint.response(200, schemas.ErasedShown)
def erase(body: dict[str, str]) -> Erased:
    """Erase the caller's account and all that is theirs, for good; their password confirms it."""
    return erase_account(caller(), body["password"])


@blueprint.get("/export")
@token_required
@limited(*PROOF)
@blueprint.response(200, content_type="application/zip")
def export() -> Response:
    """Download all of the caller's data: JSON, photos, and a README that explains them."""
    return export_response(caller())
