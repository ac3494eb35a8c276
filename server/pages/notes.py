"""A dermatologist writes a note on the timeline's page."""

from flask import Blueprint, flash, redirect, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from server.pages.browser_session import page_login_required
from server.pages.reader import reader
from server.sharing.notes.schemas import LONGEST, NewNote
from server.sharing.notes.writing import write_note

blueprint = Blueprint("notes", __name__)


@blueprint.post("/timelines/<timeline_id>/notes")
@page_login_required
def write(timeline_id: str) -> Response:
    """Write a note, or amend one; the form's own id makes one note of a form that is sent twice."""
    form = {name: request.form[name] for name in ("id", "text", "amends") if request.form.get(name)}
    try:
        write_note(reader(), timeline_id, **NewNote().load(form))
        flash("Noted. The patient sees it too.")
    except ValidationError:
        flash(f"A note needs words, {LONGEST:,} characters at most; nothing was written.")
    return redirect(url_for("web.progress.show", timeline_id=timeline_id) + "#notes")
