"""The patient's sharing: who may see the timeline until when, letting another in, ending it, and who has looked."""

from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.foundation import clock
from server.foundation.http.rate_limits import INVITATIONS, limited
from server.pages.browser_session import page_login_required
from server.pages.reader import reader
from server.sharing.accesses.looked import by_day
from server.sharing.accesses.recording import reads_of
from server.sharing.accesses.schemas import LARGEST
from server.sharing.grants import granting, inviting
from server.sharing.grants.models import SCOPES

blueprint = Blueprint("sharing", __name__)

ENTRIES_SHOWN = 200


@blueprint.get("/timelines/<timeline_id>/sharing")
@page_login_required
def show(timeline_id: str) -> str:
    """Show the patient who may see what, and who has looked; `before` is the entry that an older page ends at."""
    grants, now = granting.grants_of(reader(), timeline_id), clock.now()
    log = reads_of(reader(), timeline_id, ENTRIES_SHOWN, request.args.get("before", type=_place))
    return render_template(
        "sharing.html",
        timeline_id=timeline_id,
        grants=[grant for grant in grants if grant.active(now)],
        ended=[grant for grant in grants if not grant.active(now)],
        invitations=inviting.invitations_of(reader(), timeline_id),
        looked=by_day(log.accesses),
        older=log.accesses[-1].n if log.accesses and log.accesses[-1].n > 1 else None,
        head=log.access_log,
    )


@blueprint.post("/timelines/<timeline_id>/sharing")
@page_login_required
@limited(*INVITATIONS)
def share(timeline_id: str) -> Response:
    """Share with a dermatologist by e-mail, or make a code to hand over where no e-mail is given."""
    scope = request.form.get("scope", "photos")
    scope = scope if scope in SCOPES else "records"
    ends_at, email = _ends_at(request.form.get("days", "")), request.form.get("email", "").strip()
    if email:
        try:
            grant = granting.grant_by_email(reader(), timeline_id, email, scope, ends_at)
            flash(f"Shared with {grant.dermatologist.name}.")
        except granting.DermatologistUnknown as unknown:
            flash(unknown.text)
    else:
        _, code = inviting.invite(reader(), timeline_id, scope, ends_at)
        flash(f"Your sharing code is {code}. It works once, within {inviting.INVITATION_DAYS} days.")
    return _back(timeline_id)


@blueprint.post("/timelines/<timeline_id>/sharing/<grant_id>/revoke")
@page_login_required
def revoke(timeline_id: str, grant_id: str) -> Response:
    """Take a grant back."""
    granting.revoke(reader(), timeline_id, grant_id)
    flash("Ended. They can no longer see your timeline.")
    return _back(timeline_id)


@blueprint.post("/timelines/<timeline_id>/leave")
@page_login_required
def leave(timeline_id: str) -> Response:
    """Give up a grant, as the dermatologist who has it."""
    granting.leave(reader(), timeline_id)
    flash("Left. You no longer see this patient.")
    return redirect(url_for("review.patients"))


@blueprint.post("/timelines/<timeline_id>/invitations/<invitation_id>/withdraw")
@page_login_required
def withdraw(timeline_id: str, invitation_id: str) -> Response:
    """Make a code worthless."""
    inviting.withdraw(reader(), timeline_id, invitation_id)
    flash("Withdrawn. The code no longer works.")
    return _back(timeline_id)


def _place(text: str) -> int:
    """Return a place in the access log. Raises ValueError where there can be none."""
    if not 1 <= (place := int(text)) <= LARGEST:
        raise ValueError
    return place


def _ends_at(days: str) -> datetime | None:
    return clock.now() + timedelta(days=int(days)) if days in ("90", "180", "365") else None


def _back(timeline_id: str) -> Response:
    return redirect(url_for("web.sharing.show", timeline_id=timeline_id))
