"""One shape for every error: RFC 9457 problem documents under /v1, a page elsewhere.

Services raise a named `Problem`; nothing else in the server builds an error response.
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask.globals import request_ctx
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from server.foundation.log.json_lines import OURS, failure

log = logging.getLogger(OURS)

CODES = {
    400: ("malformed", "The request could not be read; correct it before sending it again."),
    401: ("unauthenticated", "Sign in and send the device's token as 'Authorization: Bearer <token>'."),
    403: ("forbidden", "This is not yours to do."),
    404: ("not_found", "Nothing is at this address; check it against /openapi.json."),
    405: ("method_not_allowed", "Not by this method; the Allow header lists those that work here."),
    413: ("too_large", "The request is too large; send less at once."),
    415: ("unsupported_media_type", "The body has the wrong type for this; JSON is application/json."),
    416: ("range_not_satisfiable", "The file is shorter than the range asked for."),
    422: ("invalid", "Some values are missing or wrong; 'errors' names them."),
    429: ("too_many_requests", "Too many attempts; wait for as long as the Retry-After header says."),
    500: ("internal_error", "The server failed; nothing was changed. Try again later."),
    503: ("busy", "The server cannot answer now; try again in a moment."),
}

ERRORS_AT_ONCE, LONGEST_NAME = 20, 100
"""How many wrong values an answer names: who sends more has more than a slip to mend."""

TITLES = {460: "Checksum Mismatch"}
"""Of statuses that a protocol made for itself, as tus did."""


class Problem(Exception):
    """An error that the caller can act on: a status, a stable `code`, and words that name the remedy."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "malformed"
    detail: ClassVar[str] = CODES[400][1]
    headers: ClassVar[Mapping[str, str]] = {}

    def __init__(self, detail: str | None = None, **members: Any) -> None:
        self.text = detail or self.detail
        self.members = members
        super().__init__(self.text)


def respond(
    status: int, code: str, detail: str, members: Mapping[str, Any] = {}, headers: Mapping[str, str] = {}
) -> Response:
    """Return the error as a problem document for programs, or as a page for people."""
    title, request_id = TITLES.get(status) or HTTPStatus(status).phrase, g.get("request_id")
    if for_program():
        known = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail}
        response = jsonify({**known, "request_id": request_id, **members})
        response.content_type = "application/problem+json"
    else:
        response = current_app.make_response(
            render_template("error.html", title=title, detail=detail, code=code, request_id=request_id)
        )
    response.status_code = status
    response.headers.update(headers)
    return response


def for_program() -> bool:
    """Return whether the answer goes to the API or the phone's app, or to a Host that is none, by which no page finds
    its styles.
    """
    if request_ctx.url_adapter is None:
        return True
    return request.path == "/v1" or request.path.startswith(("/v1/", "/app/", "/openapi.json", "/healthz", "/readyz"))


def from_problem(error: Problem) -> Response:
    """Answer a named error of a service; one of the server's own is logged too."""
    if error.status >= 500:
        _log_failure(error)
    return respond(error.status, error.code, error.text, error.members, error.headers)


def first_of(messages: Any, left: list[int]) -> Any:
    """Return messages about values, nested by their names, up to as many as are `left`; names that are long cut."""
    if isinstance(messages, Mapping):
        found = {}
        for name, some in messages.items():
            if left[0] <= 0:
                break
            found[name[:LONGEST_NAME] if isinstance(name, str) else name] = first_of(some, left)
        return found
    left[0] -= 1
    return messages[:ERRORS_AT_ONCE] if isinstance(messages, list) else messages


def from_http(error: HTTPException) -> Response:
    """Answer an error of the framework: wrong address, method, type, size or values."""
    status = error.code or 500
    code, detail = CODES.get(status, ("error", error.description or HTTPStatus(status).phrase))
    members: dict[str, Any] = {}
    data: Mapping[str, Any] = getattr(error, "data", None) or {}
    if "messages" in data:
        members["errors"] = first_of(data["messages"], [ERRORS_AT_ONCE])
    headers = {name: value for name, value in error.get_headers() if not name.startswith("Content-T")}
    if isinstance(error, RequestEntityTooLarge):
        headers["Connection"] = "close"
        members["max_bytes"] = request.max_content_length
    return respond(status, code, detail, members, {**headers, **(data.get("headers") or {})})


AWAY = (OperationalError, InterfaceError, InternalError, NoConnectionFree, ObjectDeletedError, StaleDataError)
"""What is raised when the database is locked, full, away, ended a transaction that took too long, or only reads; and
when a row that a request had read went away meanwhile: asked again, it is told so.
"""


def from_database(error: SQLAlchemyError) -> Response:
    """Answer a database that cannot be used now."""
    _log_failure(error)
    return respond(503, *CODES[503], headers={"Retry-After": "2"})


def from_bug(error: Exception) -> Response:
    """Answer what nobody expected, saying nothing of its inside."""
    _log_failure(error)
    return respond(500, *CODES[500])


def _log_failure(error: Exception) -> None:
    """Log where an error arose."""
    log.error("failure", extra=failure(error))


def init_app(app: Flask) -> None:
    """Register the answers to every kind of error."""
    app.register_error_handler(Problem, from_problem)
    app.register_error_handler(HTTPException, from_http)
    for error in AWAY:
        app.register_error_handler(error, from_database)
    app.register_error_handler(Exception, from_bug)
