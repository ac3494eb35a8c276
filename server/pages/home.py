"""The start page: each person's own."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from server.pages.browser_session import page_login_required
from server.pages.reader import reader
from server.sharing.grants.access import accesses_of

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@page_login_required
def start() -> Response:
    """Go to the list of patients, or to one's own progress."""
    if reader().role == "dermatologist":
        return redirect(url_for("review.patients"))
    if reader().role == "guardian":
        return redirect(url_for("web.guardian.page"))
    return redirect(url_for("web.progress.show", timeline_id=accesses_of(reader())[0].timeline.id))
