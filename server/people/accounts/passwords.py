"""Passwords: argon2id, at the cost OWASP recommends where memory is short (9 MiB, four passes, one lane)."""

import hashlib
from functools import cache
from pathlib import Path
from string import digits, punctuation, whitespace

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.foundation.http.errors import Problem

SHORTEST, SHORTEST_OF_STAFF, LONGEST = 10, 12, 200
FEWEST_CHARACTERS = 5
"""How many different ones there are at least."""
AROUND = digits + punctuation + whitespace

_hasher = PasswordHasher(time_cost=4, memory_cost=9 * 1024, parallelism=1)
_nobody = _hasher.hash("nobody has this password")


class WeakPassword(Problem):
    """The password is one of the first that a guesser tries, or too short."""

    status = 422
    code = "weak_password"


def refuse_weak(password: str, role: str, *about: str) -> None:
    """Check a password that somebody chooses; `about` are words that others know of them, as their e-mail.

    Raises:
        WeakPassword: it is too short for `role` or too long, one of the common ones, or such a one or what others know
            with digits or marks around it.
    """
    shortest = SHORTEST_OF_STAFF if role == "dermatologist" else SHORTEST
    if not shortest <= len(password) <= LONGEST:
        raise WeakPassword(f"A password has {shortest} to {LONGEST} characters.")
    whole = password.lower()
    core = whole.strip(AROUND)
    known = {word.lower() for each in about for word in (each, each.partition("@")[0])}
    if len(set(whole)) < FEWEST_CHARACTERS or {whole, core} & {"", *known} or _common(whole) or _common(core):
        raise WeakPassword("This password is among the first that are guessed; take several words, or a longer one.")


def _common(word: str) -> bool:
    return hashlib.sha256(word.encode(errors="surrogatepass")).hexdigest()[:12] in _common_passwords()


@cache
def _common_passwords() -> frozenset[str]:
    """Return the first digits of the SHA-256 of 5,014 common passwords, hashed because many are obscene.

    Of the list of zxcvbn 4.5.0 (MIT licence): the 4,000 most common, and all that have ten characters or more.
    """
    return frozenset(Path(__file__).with_name("common_passwords.txt").read_text().split())


def hash_password(password: str) -> str:
    """Return the encoded hash to keep."""
    return _hasher.hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    """Return whether `password` is the one hashed; takes as long when there is no such account (`None`)."""
    try:
        return _hasher.verify(password_hash or _nobody, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False
