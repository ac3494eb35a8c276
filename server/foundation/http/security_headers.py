"""What every answer tells the browser, or the cache, that gets it."""

from collections.abc import Mapping

from flask import Flask, Response

from server.foundation.config import settings
from server.foundation.http.errors import for_program

NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
PAGE = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Pages are made of styles, pictures and forms of this server; there is no script, and none could run."""

HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Most answers are somebody's health record: nobody keeps, frames, embeds or guesses at them."""

HSTS = "max-age=63072000"
"""Two years, for this host; the operator decides about others of its domain."""


def init_app(app: Flask) -> None:
    """Add them to every answer of `app` that does not say otherwise, errors too."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", NOTHING if for_program() else PAGE)
    if settings().production:
        response.headers["Strict-Transport-Security"] = HSTS
    return response
