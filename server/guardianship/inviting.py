"""A child asks for a guardian: by a code that the phone shows, or by the guardian's e-mail."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select

from server.foundation import clock, db
from server.foundation.http.errors import Problem
from server.foundation.ids import code_digest, new_code, new_id
from server.people.accounts.account import normalised
from server.people.accounts.models import User
from server.people.guardians.consent import below_consent_age
from server.people.guardians.models import GuardianInvitation

VALID_DAYS = 7


class GuardianNotNeeded(Problem):
    """The caller may consent alone."""

    status = 409
    code = "guardian_not_needed"
    detail = "This account needs no guardian's consent."


class GuardianInvitationUnknown(Problem):
    """The code or the request is wrong, used or too old."""

    status = 404
    code = "guardian_invitation_unknown"
    detail = "This code is wrong, was used or has expired; the child's phone makes a new one."


def invite(child: User, email: str | None = None) -> tuple[GuardianInvitation, str | None]:
    """Return a request for a guardian and its code, which is kept nowhere else; requests from before are void.

    With `email` there is no code: the guardian who signs in with it finds the request. Whether somebody has that
    e-mail is not told.

    Raises:
        GuardianNotNeeded: the child may consent alone.
    """
    if not below_consent_age(child):
        raise GuardianNotNeeded
    code = None if email else new_code(groups=3)
    with db.write() as session:
        session.execute(delete(GuardianInvitation).filter_by(child_id=child.id, used_at=None))
        invitation = GuardianInvitation(
            id=new_id(),
            child_id=child.id,
            code_sha256=code and code_digest(code),
            guardian_email=email and normalised(email),
            expires_at=clock.now() + timedelta(days=VALID_DAYS),
        )
        session.add(invitation)
    return invitation, code


def waiting_for(guardian: User) -> Sequence[GuardianInvitation]:
    """Return the requests to the guardian's e-mail that wait for an answer."""
    query = select(GuardianInvitation).filter_by(guardian_email=guardian.email, used_at=None)
    invitations = db.session().scalars(query.where(GuardianInvitation.expires_at > clock.now()))
    return [invitation for invitation in invitations if below_consent_age(invitation.child)]


def redeemed(guardian: User, code: str | None, invitation_id: str | None) -> User:
    """Return the child who asked, using the request up; inside a write.

    Raises:
        GuardianInvitationUnknown: it is wrong, used, too old, or to another e-mail.
        GuardianNotNeeded: the child has become old enough meanwhile.
    """
    if code is not None:
        invitation = db.session().scalar(select(GuardianInvitation).filter_by(code_sha256=code_digest(code)))
    else:
        query = select(GuardianInvitation).filter_by(id=invitation_id, guardian_email=guardian.email)
        invitation = db.session().scalar(query)
    if invitation is None or invitation.used_at is not None or invitation.expires_at <= clock.now():
        raise GuardianInvitationUnknown
    if not below_consent_age(invitation.child):
        raise GuardianNotNeeded
    invitation.used_at = clock.now()
    return invitation.child
