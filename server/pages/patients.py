"""The dermatologist's pages: the patients who share with them, and adding one by a code."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.foundation import clock
from server.foundation.http.rate_limits import INVITATIONS, limited
from server.pages.browser_session import page_login_required
from server.pages.listing import SHOWN, Asked
from server.pages.patient_lines import list_page, next_patient
from server.pages.reader import reader
from server.progress.worklist.marks import snooze
from server.sharing.grants import inviting
from server.sharing.grants.access import require_access

blueprint = Blueprint("review", __name__)

SNOOZES = {"1": timedelta(weeks=1), "4": timedelta(weeks=4), "12": timedelta(weeks=12)}
"""For how many weeks a patient can be left out of the list."""


@blueprint.get("/patients")
@page_login_required
def patients() -> str:
    """Show the patients who share with the reader, worst first."""
    return render_template("patients.html", listed=list_page(reader(), Asked.of(request.args)), filters=SHOWN)


@blueprint.get("/patients/after/<timeline_id>")
@page_login_required
def following(timeline_id: str) -> Response:
    """Go to the patient who comes next in the list, behind the last one to the list."""
    require_access(reader(), timeline_id)
    after = next_patient(reader(), timeline_id)
    return redirect(url_for("web.progress.show", timeline_id=after) if after else url_for("review.patients"))


@blueprint.post("/patients/<timeline_id>/snooze")
@page_login_required
def put_off(timeline_id: str) -> Response:
    """Leave a patient out of the reader's list for some weeks, or take them in again."""
    timeline = require_access(reader(), timeline_id).timeline
    span = SNOOZES.get(request.form.get("weeks", ""))
    until = clock.now().date() + span if span else None
    snooze(reader(), timeline_id, until)
    name = timeline.patient.name
    flash(f"{name} is out of your list until {until:%-d %B}." if until else f"{name} is in your list again.")
    return redirect(url_for("review.patients"))


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
