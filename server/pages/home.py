"""The start page: each person's own, and for whoever is not signed in what this is."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from server.pages.browser_session import current_user, page_login_required
from server.pages.reader import reader
from server.sharing.grants.access import accesses_of

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def start() -> str | Response:
    """Say what this is, or go where somebody who is signed in begins."""
    return render_template("welcome.html") if current_user() is None else _own()


@page_login_required
def _own() -> Response:
    """Go to the list of patients, or to one's own progress."""
    if reader().role == "dermatologist":
        return redirect(url_for("review.patients"))
    if reader().role == "guardian":
        return redirect(url_for("web.guardian.page"))
    return redirect(url_for("web.progress.show", timeline_id=accesses_of(reader())[0].timeline.id))
