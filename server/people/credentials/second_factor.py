"""The second factor: six digits of an authenticator (RFC 6238), each good once; a recovery code in their place."""

import hmac
import secrets
from base64 import b32encode

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from server.foundation import clock, db
from server.foundation.http.errors import Problem
from server.foundation.keys.keys import key_ring
from server.foundation.keys.sealing import derived
from server.people.accounts.models import User
from server.people.credentials.models import SecondFactor
from server.people.credentials.password import require_password
from server.people.credentials.recovery import replace_codes, use_code
from server.people.credentials.standing_in import settle

ISSUER = "acnetrack"
SECRET_BYTES, DIGITS, STEP_SECONDS = 20, 6, 30
"""What every authenticator can do; more, and some of them silently count otherwise."""
DRIFT_STEPS = 1
KEY_NAME = "second-factors"
NONCE_BYTES = 12


class SecondFactorRequired(Problem):
    """The password is right, and not enough."""

    status = 401
    code = "second_factor_required"
    detail = "Send 'second_factor' too: the six digits that your authenticator shows, or a recovery code."


class WrongSecondFactor(Problem):
    """The digits are wrong, too old or were used before."""

    status = 401
    code = "wrong_second_factor"
    detail = "This code is wrong, too old or was used before; wait for the next one, or take a recovery code."


class CodeNotConfirmed(Problem):
    """The digits that should confirm a new authenticator are wrong; the caller stays signed in."""

    status = 422
    code = "code_not_confirmed"
    detail = "This is not what the authenticator should show now; check that its clock is right, and try the next code."


class EnrolledAlready(Problem):
    """There is an authenticator."""

    status = 409
    code = "enrolled_already"
    detail = "Your account has an authenticator; remove that one first."


class NotEnrolled(Problem):
    """There is no authenticator, or none that waits for its first code."""

    status = 409
    code = "not_enrolled"
    detail = "Your account has no authenticator for that; begin to enrol one first."


def begin(user: User, password: str) -> tuple[str, str]:
    """Return a new secret in base32 and as the URI that authenticators scan; it counts once it is confirmed.

    Raises:
        WrongPassword: `password` is not theirs.
        EnrolledAlready: there is an authenticator.
    """
    require_password(user, password)
    secret = secrets.token_bytes(SECRET_BYTES)
    with db.write() as session:
        if enrolled(user):
            raise EnrolledAlready
        factor = SecondFactor(user_id=user.id, sealed_secret=_seal(user, secret), last_step=0)
        session.merge(factor)
    return _written(user, secret)


def begun(user: User) -> tuple[str, str]:
    """Return the secret that waits to be confirmed, as `begin` does. Raises NotEnrolled."""
    factor = db.session().get(SecondFactor, user.id)
    if factor is None or factor.confirmed_at is not None:
        raise NotEnrolled
    return _written(user, _unseal(user, factor.sealed_secret))


def confirm(user: User, code: str) -> list[str]:
    """Put the begun authenticator in force and return ten recovery codes, the only ones from now on.

    Raises:
        NotEnrolled, EnrolledAlready: none waits for its first code.
        CodeNotConfirmed: `code` is not what it shows now.
    """
    with db.write() as session:
        factor = session.get(SecondFactor, user.id)
        if factor is None:
            raise NotEnrolled
        if factor.confirmed_at is not None:
            raise EnrolledAlready
        if not _use_digits(factor, user, code):
            raise CodeNotConfirmed
        factor.confirmed_at = clock.now()
        return replace_codes(user)


def use(user: User, code: str | None) -> None:
    """Use up a code of somebody whose password was right; those without a second factor need none.

    Raises:
        SecondFactorRequired: there is one, and no code.
        WrongSecondFactor: neither the digits of now nor a recovery code.
        CodesWait: a code stood in for the password a short while ago.
    """
    if not enrolled(user):
        return
    if not code:
        raise SecondFactorRequired
    with db.write() as session:
        if len(digits := code.replace(" ", "")) != DIGITS:
            right = use_code(user.id, code, "factor")
        else:
            factor = session.get_one(SecondFactor, user.id)
            if right := _use_digits(factor, user, digits):
                settle(factor)
        if not right:
            raise WrongSecondFactor


def remove(user: User, password: str, code: str) -> None:
    """Take the authenticator away.

    Raises:
        WrongPassword, NotEnrolled, CodeNotConfirmed: not without both proofs.
    """
    require_password(user, password)
    with db.write() as session:
        if not enrolled(user):
            raise NotEnrolled
        try:
            use(user, code)
        except (SecondFactorRequired, WrongSecondFactor) as wrong:
            raise CodeNotConfirmed from wrong
        session.delete(session.get_one(SecondFactor, user.id))


def enrolled(user: User) -> bool:
    """Return whether `user` has a second factor in force."""
    factor = db.session().get(SecondFactor, user.id)
    return factor is not None and factor.confirmed_at is not None


def _use_digits(factor: SecondFactor, user: User, code: str) -> bool:
    """Return whether `code` is that of now, or one step off, and newer than any taken; it is not taken twice."""
    totp, now = _totp(_unseal(user, factor.sealed_secret)), int(clock.now().timestamp()) // STEP_SECONDS
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if hmac.compare_digest(totp.generate(step * STEP_SECONDS), code.encode()) and step > factor.last_step:
            factor.last_step = step
            return True
    return False


def _written(user: User, secret: bytes) -> tuple[str, str]:
    return b32encode(secret).decode(), _totp(secret).get_provisioning_uri(user.email, ISSUER)


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)


def _seal(user: User, secret: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher(key_ring().key_of(KEY_NAME)).encrypt(nonce, secret, user.id.encode())


def _unseal(user: User, sealed: bytes) -> bytes:
    nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    return _cipher(key_ring().existing_key_of(KEY_NAME)).decrypt(nonce, rest, user.id.encode())


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(derived(key, b"second factor"))
