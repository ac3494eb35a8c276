"""The dermatologist's pages: the patients who share with them, and adding one by a code."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.foundation.http.rate_limits import INVITATIONS, limited
from server.pages.browser_session import page_login_required
from server.pages.patient_lines import list_lines
from server.pages.reader import reader
from server.sharing.grants import inviting

blueprint = Blueprint("review", __name__)


@blueprint.get("/patients")
@page_login_required
def patients() -> str:
    """Show the patients who share with the reader, worst first."""
    return render_template("patients.html", lines=list_lines(reader()))


@blueprint.post("/patients")
@page_login_required
@limited(*INVITATIONS)
def accept() -> Response:
    """Redeem a patient's sharing code."""
    try:
        grant = inviting.redeem(reader(), request.form.get("code", ""))
    except inviting.CodeRefused as unknown:
        flash(unknown.text)
    else:
        flash(f"{grant.timeline.patient.name} now shares with you.")
    return redirect(url_for("review.patients"))
