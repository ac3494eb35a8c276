"""Recovery codes: ten on paper, each good once, for a lost password or in place of a lost authenticator."""

from sqlalchemy import delete, func, select

from server.foundation import db
from server.foundation.http.errors import Problem
from server.foundation.ids import code_digest, new_code
from server.foundation.journal.recording import record
from server.people.accounts.account import user_by_email
from server.people.accounts.models import User
from server.people.accounts.passwords import hash_password, refuse_weak
from server.people.credentials.devices import revoke_all
from server.people.credentials.models import RecoveryCode
from server.people.credentials.standing_in import StoodIn, announced, stand_in

CODES = 10
NOBODY = "nobody"
"""Whose codes are looked for where no account has the e-mail, so that the answer takes as long."""


class WrongRecoveryCode(Problem):
    """No account has this e-mail and this code."""

    status = 401
    code = "wrong_recovery_code"
    detail = "The e-mail or the recovery code is wrong, or the code was used before."


def replace_codes(user: User) -> list[str]:
    """Put ten fresh codes in place of those from before, and return them: they stand nowhere else."""
    codes = [new_code(groups=4) for _ in range(CODES)]
    with db.write() as session:
        session.execute(delete(RecoveryCode).filter_by(user_id=user.id))
        session.add_all(RecoveryCode(user_id=user.id, code_sha256=code_digest(code)) for code in codes)
    return codes


def codes_left(user: User) -> int:
    """Return how many codes `user` has not used."""
    count = db.session().scalar(select(func.count()).select_from(RecoveryCode).filter_by(user_id=user.id))
    return count or 0


def use_code(user_id: str, code: str, what: StoodIn) -> bool:
    """Return whether `code` is one of theirs, and use it up, in the stead of `what`. Raises CodesWait."""
    code_sha256 = code_digest(code)
    with db.write() as session:
        recovery_code = session.get(RecoveryCode, (user_id, code_sha256))
        if recovery_code is None:
            return False
        stand_in(session.get_one(User, user_id), what)
        session.delete(recovery_code)
        record("code_used", None, [code_sha256], table=RecoveryCode.__tablename__)
    return True


def recover(email: str, code: str, new_password: str) -> None:
    """Give the account with this e-mail a new password by one of its codes, and sign it out everywhere.

    Of an account with a second factor the devices stay signed in: they are told, and can take it back.

    Raises:
        WeakPassword: the new one is easily guessed; the code is still good.
        CodesWait: a code stood in for the second factor a short while ago.
        WrongRecoveryCode: it does not say which of the two is wrong, nor by how long it takes.
    """
    password_hash = hash_password(new_password)
    with db.write():
        user = user_by_email(email)
        if not use_code(user.id if user else NOBODY, code, "password") or user is None:
            raise WrongRecoveryCode
        refuse_weak(new_password, user.role, user.email, user.name)
        user.password_hash = password_hash
        if announced(user) is None:
            revoke_all(user)
