"""Passwords: argon2id, at the cost OWASP recommends where memory is short (9 MiB, four passes, one lane)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 200

_hasher = PasswordHasher(time_cost=4, memory_cost=9 * 1024, parallelism=1)
_nobody = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return the encoded hash to keep."""
    return _hasher.hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    """Return whether `password` is the one hashed; takes as long when there is no such account (`None`)."""
    try:
        return _hasher.verify(password_hash or _nobody, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False
