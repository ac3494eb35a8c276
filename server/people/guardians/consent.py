"""A guardian's consent: without it nothing of the timeline of a child below the age of consent is stored or shared."""

from functools import cache
from pathlib import Path

from sqlalchemy import exists, select

from server.foundation import clock, db
from server.foundation.http.errors import Problem
from server.people.accounts.models import User
from server.people.guardians.models import Consent

TEXTS = Path(__file__).parent / "consent_texts"
CURRENT_VERSION = "1"
"""The newest text; older ones stay in the folder, unchanged, for what was consented to then."""


class ConsentRequired(Problem):
    """The patient is below the age of consent, and no guardian's consent is in force."""

    status = 403
    code = "consent_required"
    detail = (
        "A guardian has to consent before anything of this timeline is stored or shared. Keep the records on the phone,"
        " get a code for the guardian from POST /v1/guardian-invitations, and push once GET /v1/account says 'active'."
    )


@cache
def consent_text(version: str = CURRENT_VERSION) -> str:
    """Return the words that a guardian consents to, paragraphs parted by empty lines."""
    return (TEXTS / f"{version}.txt").read_text()


def below_consent_age(user: User) -> bool:
    """Return whether `user` is too young, by the clock, to consent alone."""
    return user.consent_on is not None and user.consent_on > clock.now().date()


def consented(user: User) -> bool:
    """Return whether a guardian's consent for `user` is in force."""
    in_force = exists().where(Consent.child_id == user.id, Consent.withdrawn_at.is_(None))
    return bool(db.session().scalar(select(in_force)))


def status(user: User) -> str:
    """Return `awaiting_consent` while nothing of the timeline may be stored, else `active`."""
    return "awaiting_consent" if below_consent_age(user) and not consented(user) else "active"


def require_consent(patient: User) -> None:
    """Check that the patient's timeline may be stored and shared; asks the database for children only.

    Raises:
        ConsentRequired: it may not, for now.
    """
    if status(patient) != "active":
        raise ConsentRequired
