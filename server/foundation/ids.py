"""Where the server's own ids and secrets come from."""

import hashlib
import secrets

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without the characters that are read for one another."""


def new_id() -> str:
    """Return 128 random bits as 32 hexadecimal characters, fit for the wire's id pattern."""
    return secrets.token_hex(16)


def new_secret() -> str:
    """Return 256 random bits as text that fits a header, a cookie and a URL."""
    return secrets.token_urlsafe(32)


def new_code(groups: int) -> str:
    """Return random characters for a person to copy, in groups of four: each group is nearly 20 bits."""
    return "-".join("".join(secrets.choice(CODE_ALPHABET) for _ in range(4)) for _ in range(groups))


def digest(secret: str) -> str:
    """Return the SHA-256 of a secret in hexadecimal: all that the database keeps of it.

    The secrets are random and long, so a plain hash is enough; passwords go through argon2 instead.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def code_digest(code: str) -> str:
    """Return the digest of a code as a person typed it: in any case, with any spaces or dashes, or with none."""
    letters = "".join(code.upper().replace("-", " ").split())
    return digest("-".join(letters[start : start + 4] for start in range(0, len(letters), 4)))
