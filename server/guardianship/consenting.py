"""Giving consent and withdrawing it; who, when and to which words is kept."""

from sqlalchemy import select

from server.foundation import clock, db
from server.foundation.http.errors import Problem
from server.foundation.ids import new_id
from server.foundation.journal.recording import record
from server.guardianship.inviting import redeemed
from server.guardianship.sharing import end_sharing, timeline_of
from server.people.accounts.models import User
from server.people.credentials.tokens import require_still_signed_in
from server.people.guardians.consent import CURRENT_VERSION
from server.people.guardians.models import Consent, Guardianship
from server.people.guardians.rights import acting_for, guardianship
from server.timeline.lock import locked


class GuardianOnly(Problem):
    """Only a guardian's account consents."""

    status = 403
    code = "guardian_only"
    detail = "Only a guardian's account can consent; sign up as one, with another e-mail than the child's."


class ConsentTextOutdated(Problem):
    """The consent is to other words than those of today."""

    status = 409
    code = "consent_text_outdated"
    detail = "The words to consent to have changed; show those of GET /v1/consent-text and send their version."


def consent(
    guardian: User, text_version: str, code: str | None = None, invitation_id: str | None = None
) -> Guardianship:
    """Consent for the child who asked by this code or request, and become their guardian.

    Raises:
        GuardianOnly: the caller is a patient or a dermatologist.
        ConsentTextOutdated: `text_version` is not the newest.
        GuardianInvitationUnknown, GuardianNotNeeded: nobody asks, or no longer needs to.
    """
    if guardian.role != "guardian":
        raise GuardianOnly
    _require_newest(text_version)
    with db.write() as session:
        child = redeemed(guardian, code, invitation_id)
        if session.get(Guardianship, (child.id, guardian.id)) is None:
            session.add(Guardianship(child_id=child.id, guardian_id=guardian.id, since=clock.now()))
            session.flush()
        _give(guardian, child)
    return guardianship(guardian, child.id)


def consent_again(guardian: User, child_id: str, text_version: str) -> Guardianship:
    """Consent for a child whose guardian one is, after a withdrawal or to newer words.

    Raises:
        ConsentTextOutdated: `text_version` is not the newest; else as `acting_for`.
    """
    _require_newest(text_version)
    with db.write():
        _give(guardian, acting_for(guardian, child_id))
    return guardianship(guardian, child_id)


def withdraw(guardian: User, child_id: str) -> None:
    """Withdraw every consent for the child: from the next request on nothing is stored or shared.

    Raises what `acting_for` raises.
    """
    child = acting_for(guardian, child_id)
    with db.write(under_lock=True) as session:
        locked(timeline_of(child))  # What is being stored comes first, or asks again and is refused.
        require_still_signed_in()
        for consent in session.scalars(select(Consent).filter_by(child_id=child.id, withdrawn_at=None)):
            consent.withdrawn_at, consent.withdrawn_by = clock.now(), guardian.id
            record("consent_withdrawn", None, [consent.id])
        end_sharing(child)


def _give(guardian: User, child: User) -> None:
    session = db.session()
    same = {"child_id": child.id, "guardian_id": guardian.id, "text_version": CURRENT_VERSION, "withdrawn_at": None}
    if session.scalar(select(Consent).filter_by(**same)) is None:
        session.add(Consent(id=new_id(), given_at=clock.now(), **same))


def _require_newest(text_version: str) -> None:
    if text_version != CURRENT_VERSION:
        raise ConsentTextOutdated
