"""Coming of age: from that day on, by the clock, nobody else has a say; the person is told, and keeps everything."""

from datetime import date

from sqlalchemy import delete, exists, select

from server.foundation import clock, db
from server.people.accounts.models import User
from server.people.guardians.models import GuardianInvitation, Guardianship


def of_age(user: User) -> bool:
    """Return whether nobody else answers for `user`."""
    return user.majority_on is None or user.majority_on <= clock.now().date()


def handed_over_on(user: User) -> date | None:
    """Return the day on which `user` came of age, if they had a guardian and have not said yet that they know."""
    return user.majority_on if of_age(user) and _has_guardian(user) else None


def acknowledge(user: User) -> None:
    """Forget who the guardians of `user`, who is of age, were; before that day nothing happens.

    Their consents stay: they are the proof that what was stored meanwhile was stored lawfully.
    """
    if not of_age(user):
        return
    with db.write() as session:
        session.execute(delete(Guardianship).filter_by(child_id=user.id))
        session.execute(delete(GuardianInvitation).filter_by(child_id=user.id))
        person = session.get_one(User, user.id)
        person.asked_on = person.consent_on = person.majority_on = None


def forget_past_days(user: User) -> None:
    """Forget days that have passed, inside a write: of majority only where there is no guardian to be told about."""
    today = clock.now().date()
    if user.asked_on is not None and user.asked_on <= today:
        user.asked_on = None
    if user.consent_on is not None and user.consent_on <= today:
        user.consent_on = None
    if user.majority_on is not None and user.majority_on <= today and not _has_guardian(user):
        user.majority_on = None


def _has_guardian(user: User) -> bool:
    return bool(db.session().scalar(select(exists().where(Guardianship.child_id == user.id))))
