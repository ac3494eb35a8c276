"""Where this server is, for what leaves it."""

from flask import request

from server.foundation.config import settings


def root_url() -> str:
    """Return the server's own address with a slash at its end; on a laptop, where none is set, the request's."""
    return settings().public_url.rstrip("/") + "/" if settings().public_url else request.url_root
