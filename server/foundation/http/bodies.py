"""What a body may be: sent as it is, and of a type that its route takes. Nothing of it is read to say so."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, request

from server.foundation.config import settings
from server.foundation.http.errors import Problem

P = ParamSpec("P")
R = TypeVar("R")

SHORT_BYTES = 128 * 1024
"""How long a body is at most where its route does not say otherwise: the longest note, in escapes, and more."""


class ContentEncoded(Problem):
    """The body is compressed, or encoded in another way."""

    status = 415
    code = "content_encoding_unsupported"
    headers = {"Accept-Encoding": "identity"}  # noqa: RUF012 – a constant of the class, as in its base

    def __init__(self, coding: str) -> None:
        super().__init__(
            f"The body comes with 'Content-Encoding: {coding[:40]}' and bodies are not decoded here; send it as it is,"
            " without that header."
        )


class MediaTypeUnsupported(Problem):
    """The body, or the file that was announced, is of no type that is taken here; `accepted` lists those that are."""

    status = 415
    code = "unsupported_media_type"

    def __init__(self, sent: str, accepted: Sequence[str], what: str = "The body", where: str = "Content-Type") -> None:
        came = f"{what} came as {sent[:80]!r}" if sent else f"{what} came without a type"
        super().__init__(f"{came}; send it with one of these as its {where}: {', '.join(accepted)}.", accepted=accepted)
        self.headers = {"Accept": ", ".join(accepted)}  # type: ignore[misc]


def long_body(view: Callable[P, R]) -> Callable[P, R]:
    """Let a view take bodies of up to `request_max_bytes`; below what asks who sends them."""

    @wraps(view)
    def sized(*args: P.args, **kwargs: P.kwargs) -> R:
        request.max_content_length = settings().request_max_bytes
        return view(*args, **kwargs)

    return sized


def has_body() -> bool:
    """Return whether the request brings anything with it."""
    return bool(request.content_length) or "chunked" in request.headers.get("Transfer-Encoding", "").lower()


def body_type(accepted: Sequence[str], registered: Callable[[str], str] = str) -> str:
    """Return the media type of the request's body by its registered name, without parameters.

    Raises:
        MediaTypeUnsupported: it has none, or none of those accepted.
    """
    media_type = registered(request.mimetype)
    if media_type not in accepted:
        raise MediaTypeUnsupported(request.mimetype, accepted)
    return media_type


def init_app(app: Flask) -> None:
    """Refuse encoded bodies on every route, before anything reads them."""

    @app.before_request
    def _refuse() -> None:
        coding = request.headers.get("Content-Encoding", "").strip()
        if coding.lower() not in ("", "identity") and has_body():
            raise ContentEncoded(coding)
