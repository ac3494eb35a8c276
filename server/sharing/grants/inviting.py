"""Invitations: a code that a patient hands over, which a dermatologist turns into a grant once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from server.foundation import clock, db
from server.foundation.http.errors import Problem
from server.foundation.ids import code_digest, new_code, new_id
from server.people.accounts.models import User
from server.people.credentials.tokens import require_still_signed_in
from server.people.guardians.consent import ConsentRequired
from server.sharing.grants.access import locked_for_storing, require_owner, require_storing
from server.sharing.grants.granting import EndsInPast, give, refuse_past
from server.sharing.grants.models import Grant, Invitation
from server.timeline.lock import locked

INVITATION_DAYS = 7


class CodeRefused(Problem):
    """The code is wrong, used, withdrawn or too old; which, is not told."""

    status = 404
    code = "invitation_unknown"
    detail = "This code is wrong, was used or withdrawn, or has expired; ask the patient for a new one."


class InvitationUnknown(Problem):
    """The timeline has no such invitation that still waits."""

    status = 404
    code = "invitation_unknown"
    detail = "There is no such invitation, or it was used or has expired already."


class DermatologistOnly(Problem):
    """Only a dermatologist redeems a code."""

    status = 403
    code = "dermatologist_only"
    detail = "Only a dermatologist's account can redeem an invitation code."


def invite(
    patient: User, timeline_id: str, scope: str = "photos", ends_at: datetime | None = None
) -> tuple[Invitation, str]:
    """Return a new invitation to the timeline and its code, which is kept nowhere else.

    Raises:
        EndsInPast: `ends_at` has passed.
    """
    refuse_past(ends_at)
    timeline = require_storing(patient, timeline_id)
    code = new_code(groups=3)
    with db.write(under_lock=True) as session:
        locked_for_storing(timeline_id)
        invitation = Invitation(
            id=new_id(),
            timeline_id=timeline.id,
            scope=scope,
            code_sha256=code_digest(code),
            expires_at=clock.now() + timedelta(days=INVITATION_DAYS),
            grant_ends_at=ends_at,
        )
        session.add(invitation)
    return invitation, code


def invitations_of(patient: User, timeline_id: str) -> Sequence[Invitation]:
    """Return the invitations that still wait for somebody to redeem them, the next to expire first."""
    timeline = require_owner(patient, timeline_id)
    waiting = select(Invitation).filter_by(timeline_id=timeline.id, redeemed_at=None)
    return (
        db.session().scalars(waiting.where(Invitation.expires_at > clock.now()).order_by(Invitation.expires_at)).all()
    )


def withdraw(patient: User, timeline_id: str, invitation_id: str) -> None:
    """Make an invitation's code worthless.

    Raises:
        InvitationUnknown: the timeline has no such invitation that still waits.
    """
    timeline = require_owner(patient, timeline_id)
    with db.write() as session:
        invitation = session.get(Invitation, invitation_id)
        if invitation is None or invitation.timeline_id != timeline.id or not invitation.waits(clock.now()):
            raise InvitationUnknown
        session.delete(invitation)


def redeem(dermatologist: User, code: str) -> Grant:
    """Turn a patient's code into a grant for `dermatologist`; it works once.

    Raises:
        DermatologistOnly: the caller is a patient.
        CodeRefused: the code is wrong, used, withdrawn or too old, or the grant would have ended already.
    """
    if dermatologist.role != "dermatologist":
        raise DermatologistOnly
    with db.write() as session:
        invitation = session.scalar(select(Invitation).filter_by(code_sha256=code_digest(code)))
        if invitation is None or not invitation.waits(clock.now()):
            raise CodeRefused
        invitation.redeemed_at = clock.now()
        require_still_signed_in()
        try:
            return give(locked(invitation.timeline_id), dermatologist, invitation.scope, invitation.grant_ends_at)
        except (EndsInPast, ConsentRequired) as past:
            raise CodeRefused from past
