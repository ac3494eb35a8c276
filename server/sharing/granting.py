"""Giving and taking back a dermatologist's right to read: by e-mail at once, or by a code to hand over."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from server import clock, db
from server.accounts.models import User
from server.accounts.services import user_by_email
from server.errors import Problem
from server.ids import digest, new_id
from server.operations.journal import record
from server.sharing.models import Grant, Invitation
from server.sharing.services import require_owner
from server.timeline.lock import locked
from server.timeline.models import Timeline

INVITATION_DAYS = 7
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without the characters that are read for one another."""


class DermatologistUnknown(Problem):
    """No dermatologist has this e-mail."""

    status = 404
    code = "dermatologist_unknown"
    detail = "No dermatologist has signed up with this e-mail; check it, or hand over an invitation code."


class GrantUnknown(Problem):
    """The timeline has no such grant in force."""

    status = 404
    code = "grant_unknown"
    detail = "There is no such grant, or it has ended already."


class InvitationUnknown(Problem):
    """The code is wrong, used or too old."""

    status = 404
    code = "invitation_unknown"
    detail = "This code is wrong, was used or has expired; ask the patient for a new one."


class DermatologistOnly(Problem):
    """Only a dermatologist redeems a code."""

    status = 403
    code = "dermatologist_only"
    detail = "Only a dermatologist's account can redeem an invitation code."


def grant_by_email(
    patient: User, timeline_id: str, email: str, scope: str = "photos", ends_at: datetime | None = None
) -> Grant:
    """Share the timeline with the dermatologist who has this e-mail, or change what is shared with them.

    Raises:
        DermatologistUnknown: nobody has, or they are no dermatologist.
    """
    with db.write():
        timeline = require_owner(patient, timeline_id)
        dermatologist = user_by_email(email)
        if dermatologist is None or dermatologist.role != "dermatologist":
            raise DermatologistUnknown
        return _grant(timeline, dermatologist, scope, ends_at)


def invite(
    patient: User, timeline_id: str, scope: str = "photos", ends_at: datetime | None = None
) -> tuple[Invitation, str]:
    """Return a new invitation to the timeline and its code, which is kept nowhere else."""
    code = "-".join("".join(secrets.choice(CODE_ALPHABET) for _ in range(4)) for _ in range(3))
    with db.write() as session:
        timeline = require_owner(patient, timeline_id)
        invitation = Invitation(
            id=new_id(),
            timeline_id=timeline.id,
            scope=scope,
            code_sha256=digest(code),
            expires_at=clock.now() + timedelta(days=INVITATION_DAYS),
            grant_ends_at=ends_at,
        )
        session.add(invitation)
    return invitation, code


def redeem(dermatologist: User, code: str) -> Grant:
    """Turn a patient's code into a grant for `dermatologist`; it works once.

    Raises:
        DermatologistOnly: the caller is a patient.
        InvitationUnknown: the code is wrong, used or too old.
    """
    if dermatologist.role != "dermatologist":
        raise DermatologistOnly
    with db.write() as session:
        invitation = session.scalar(select(Invitation).filter_by(code_sha256=digest(code.strip().upper())))
        now = clock.now()
        if invitation is None or invitation.redeemed_at is not None or invitation.expires_at <= now:
            raise InvitationUnknown
        invitation.redeemed_at = now
        timeline = session.get_one(Timeline, invitation.timeline_id)
        return _grant(timeline, dermatologist, invitation.scope, invitation.grant_ends_at)


def revoke(patient: User, timeline_id: str, grant_id: str) -> None:
    """End a grant; the dermatologist's next request is refused.

    Raises:
        GrantUnknown: the timeline has no such grant in force.
    """
    with db.write() as session:
        timeline = require_owner(patient, timeline_id)
        grant = session.get(Grant, grant_id)
        if grant is None or grant.timeline_id != timeline.id or not grant.active(clock.now()):
            raise GrantUnknown
        grant.revoked_at = clock.now()
        record("grant_revoked", timeline.id, [grant.id])


def grants_of(patient: User, timeline_id: str) -> Sequence[Grant]:
    """Return every grant on the patient's timeline, ended ones too, newest first."""
    timeline = require_owner(patient, timeline_id)
    query = select(Grant).filter_by(timeline_id=timeline.id).order_by(Grant.starts_at.desc(), Grant.id)
    return db.session().scalars(query).all()


def _grant(timeline: Timeline, dermatologist: User, scope: str, ends_at: datetime | None) -> Grant:
    """Return the one active grant, whose epoch differs from that of any other scope they pulled with."""
    session, timeline = db.session(), locked(timeline.id)
    theirs = {"timeline_id": timeline.id, "dermatologist_id": dermatologist.id}
    for grant in session.scalars(select(Grant).filter_by(**theirs)):
        if grant.active(clock.now()):
            less = _gives_less(grant, scope, ends_at)
            grant.epoch += less or grant.scope != scope
            grant.scope, grant.ends_at = scope, ends_at
            record("grant_narrowed" if less else "grant_widened", timeline.id, [grant.id], epoch=grant.wire_epoch)
            return grant
    last = session.scalar(select(func.max(Grant.epoch)).filter_by(**theirs))
    grant = Grant(
        id=new_id(),
        timeline=timeline,
        dermatologist=dermatologist,
        scope=scope,
        epoch=0 if last is None else last + 1,
        starts_at=clock.now(),
        ends_at=ends_at,
    )
    session.add(grant)
    record("grant_widened", timeline.id, [grant.id], epoch=grant.wire_epoch)
    return grant


def _gives_less(grant: Grant, scope: str, ends_at: datetime | None) -> bool:
    earlier = ends_at is not None and (grant.ends_at is None or ends_at < grant.ends_at)
    return earlier or (grant.scope, scope) == ("photos", "records")
