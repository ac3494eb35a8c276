"""The patient's sharing: whom a timeline is shared with, sharing it, taking that back, and who has looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from server import clock
from server.accounts.models import User
from server.accounts.web import page_login_required
from server.audit.models import AccessLink, Read
from server.audit.services import reads_of
from server.sharing import granting, inviting
from server.sharing.models import SCOPES, Grant
from server.web.reader import reader

blueprint = Blueprint("sharing", __name__)

READS_CONSIDERED = 200


@dataclass(frozen=True)
class Looked:
    """What somebody else read on one day, `times` over; `at` is the last time."""

    name: str
    what: str
    at: datetime
    times: int


@dataclass(frozen=True)
class Sharing:
    """Grants in force and the latest readings."""

    grants: Sequence[Grant]
    reads: Sequence[Looked]


def sharing_shown(patient: User, timeline_id: str) -> Sharing:
    """Return what the patient sees of the sharing of their own timeline."""
    grants = [grant for grant in granting.grants_of(patient, timeline_id) if grant.active(clock.now())]
    reads = reads_of(patient, timeline_id, limit=READS_CONSIDERED).accesses
    return Sharing(grants, _by_day(reads))


def _by_day(reads: Sequence[AccessLink]) -> list[Looked]:
    """Return the readings, newest first, those of one person, thing and day as one."""
    days: dict[tuple[str, str, date], list[Read]] = {}
    for link in reads:
        if (read := link.read) is not None:
            days.setdefault((read.user_id, read.what, read.at.date()), []).append(read)
    return [Looked(same[0].user.name, same[0].what, same[0].at, len(same)) for same in days.values()]


@blueprint.post("/timelines/<timeline_id>/sharing")
@page_login_required
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
    flash("Revoked. They can no longer see your timeline.")
    return _back(timeline_id)


def _ends_at(days: str) -> datetime | None:
    return clock.now() + timedelta(days=int(days)) if days in ("90", "180", "365") else None


def _back(timeline_id: str) -> Response:
    return redirect(url_for("web.progress.show", timeline_id=timeline_id))
