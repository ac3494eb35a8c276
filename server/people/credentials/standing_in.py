"""What a recovery code stood in for: of an account with a second factor the password or the factor, never soon both.

One who finds the sheet would else be the account. A code that was used is announced to every device that is signed in,
which stays so, and while that goes on the codes stand in for nothing else; whoever did not use it takes it back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete

from server.foundation import clock, db
from server.foundation.http.errors import Problem
from server.people.accounts.models import User
from server.people.credentials.models import RecoveryCode, SecondFactor

WAITING = timedelta(days=3)
StoodIn = Literal["password", "factor"]


class CodesWait(Problem):
    """A code stood in for the other of the two a short while ago."""

    status = 409
    code = "codes_wait"

    def __init__(self, until: datetime) -> None:
        super().__init__(
            f"A recovery code was used for this account a short while ago; until {until:%Y-%m-%d %H:%M} UTC none is"
            " taken for anything else. Use the password, or the authenticator, that you have.",
            until=until.isoformat(),
        )


class NothingAnnounced(Problem):
    """No code was used of late."""

    status = 409
    code = "nothing_announced"
    detail = "No use of a recovery code is announced that could be taken back."


@dataclass(frozen=True)
class Announced:
    """That a code was used: for what, and until when the others wait."""

    stood_in_for: str
    until: datetime


def announced(user: User) -> Announced | None:
    """Return what every device of `user` is to be told now."""
    factor = db.session().get(SecondFactor, user.id)
    if factor is None or factor.waits_until is None or factor.waits_until <= clock.now():
        return None
    return Announced(factor.stood_in_for or "", factor.waits_until)


def stand_in(user: User, what: StoodIn) -> None:
    """Announce that a code stands in for `what`, inside `db.write`.

    Raises:
        CodesWait: one stood in for the other a short while ago.
    """
    factor, now = db.session().get(SecondFactor, user.id), announced(user)
    if factor is None or factor.confirmed_at is None:
        return
    if now is None:
        factor.stood_in_for, factor.waits_until = what, clock.now() + WAITING
        factor.former_password_hash = user.password_hash if what == "password" else None
    elif now.stood_in_for != what:
        raise CodesWait(now.until)


def settle(factor: SecondFactor) -> None:
    """End what is announced, inside `db.write`: the authenticator itself was shown."""
    factor.stood_in_for = factor.waits_until = factor.former_password_hash = None


def take_back(user: User) -> None:
    """Undo what is announced: the password of before is theirs again, and no code of the sheet is good any more.

    Raises:
        NothingAnnounced: there is nothing.
    """
    with db.write() as session:
        if announced(user) is None:
            raise NothingAnnounced
        factor, owner = session.get_one(SecondFactor, user.id), session.get_one(User, user.id)
        owner.password_hash = factor.former_password_hash or owner.password_hash
        session.execute(delete(RecoveryCode).filter_by(user_id=user.id))
        settle(factor)
