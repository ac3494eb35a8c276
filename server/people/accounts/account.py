"""An account: made, and found by its e-mail and password."""

from datetime import date

from sqlalchemy import select

from server.foundation import clock, db
from server.foundation.config import settings
from server.foundation.http.errors import Problem
from server.foundation.ids import new_id
from server.people.accounts.ages import Days, days, overridden
from server.people.accounts.models import User
from server.people.accounts.passwords import hash_password, matches


class EmailTaken(Problem):
    """Somebody signed up with this e-mail before."""

    status = 409
    code = "email_taken"
    detail = "An account with this e-mail exists; sign in, or use another e-mail."


class WrongCredentials(Problem):
    """No account has this e-mail and password."""

    status = 401
    code = "wrong_credentials"
    detail = "E-mail or password is wrong."


def create_account(
    email: str, name: str, password: str, role: str, born_on: date | None = None, country: str | None = None
) -> User:
    """Make an account; a patient must say when they were born and where they live.

    It has no timeline yet: whoever signs somebody up calls `server.timeline.signing_up`.

    Raises:
        EmailTaken: the e-mail, whatever its case, has an account.
        ValueError: a patient without `born_on` and `country`.
    """
    ahead = _days(born_on, country) if role == "patient" else Days()
    password_hash = hash_password(password)
    with db.write() as session:
        if user_by_email(email) is not None:
            raise EmailTaken
        user = User(
            id=new_id(),
            email=normalised(email),
            name=name.strip(),
            role=role,
            password_hash=password_hash,
            created_at=clock.now(),
            asked_on=ahead.asked_on,
            consent_on=ahead.consent_on,
            majority_on=ahead.majority_on,
        )
        session.add(user)
        session.flush()
    return user


def authenticate(email: str, password: str) -> User:
    """Return whose e-mail and password these are.

    Raises:
        WrongCredentials: nobody's; it does not say which of the two is wrong.
    """
    user = user_by_email(email)
    if not matches(password, user.password_hash if user else None) or user is None:
        raise WrongCredentials
    return user


def user_by_email(email: str) -> User | None:
    """Return the account with this e-mail, whatever its case."""
    return db.session().scalar(select(User).filter_by(email=normalised(email)))


def normalised(email: str) -> str:
    """Return the e-mail as it is kept; one that is not ASCII stays what it is, and is nobody's.

    Folding the case of other letters would make two addresses one, and with it two people.
    """
    email = email.strip()
    return email.lower() if email.isascii() else email


def _days(born_on: date | None, country: str | None) -> Days:
    if born_on is None or country is None:
        raise ValueError("a patient needs a date of birth and a country")
    consent = overridden("digital_consent", settings().consent_ages)
    majority = overridden("majority", settings().majority_ages)
    return days(born_on, country, clock.now().date(), consent, majority)
