"""Writing notes over the API; they are read by pulling."""

from typing import Any

from server.foundation.http.api import Blueprint
from server.people.credentials.tokens import caller, token_required
from server.sharing.notes import schemas
from server.sharing.notes.models import ClinicianNote
from server.sharing.notes.writing import write_note

blueprint = Blueprint("notes", __name__, url_prefix="/v1/timelines", description="Clinicians' notes")


@blueprint.post("/<timeline_id>/notes")
@token_required
@blueprint.arguments(schemas.NewNote)
@blueprint.response(201, schemas.ClinicianNoteSchema)
def create_note(new: dict[str, Any], timeline_id: str) -> ClinicianNote:
    """Write a note to a patient's timeline, as a dermatologist."""
    return write_note(caller(), timeline_id, **new)
