"""Where the server's own ids and secrets come from."""

import hashlib
import secrets


def new_id() -> str:
    """Return 128 random bits as 32 hexadecimal characters, fit for the wire's id pattern."""
    return secrets.token_hex(16)


def new_secret() -> str:
    """Return 256 random bits as text that fits a header, a cookie and a URL."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return the SHA-256 of a secret in hexadecimal: all that the database keeps of it.

    The secrets are random and long, so a plain hash is enough; passwords go through argon2 instead.
    """
    return hashlib.sha256(secret.encode()).hexdigest()
