"""An id for each request, and one line in the log: by its route, so that ids in the address stay out."""

import logging
import re
import sys
import time

from flask import Flask, Response, g, has_request_context, request

from server.foundation.ids import new_id
from server.foundation.log.json_lines import OURS, JsonLines

HEADER = "X-Request-Id"
WELL_FORMED = re.compile(r"[0-9A-Fa-f-]{16,64}")
"""Ids that a proxy may bring: digits that cannot spell anybody's name."""

PROBES = ("/healthz", "/readyz")
"""What is asked all day long: logged only where the answer is bad."""

log = logging.getLogger(OURS)


class ToStandardError(logging.Handler):
    """Writes to what standard error is at that moment, a line at once."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record's line."""
        try:
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()
        except Exception:
            self.handleError(record)


def init_app(app: Flask) -> None:
    """Give each request of `app` its id, taken from the proxy or made, say it in the answer, and log the request."""
    if not log.handlers:
        handler = ToStandardError()
        handler.setFormatter(JsonLines())
        log.addHandler(handler)
        log.addFilter(_name_request)
        log.setLevel(logging.INFO)

    @app.before_request
    def _start() -> None:
        proposed_id = request.headers.get(HEADER, "")
        g.request_id, g.started = proposed_id if WELL_FORMED.fullmatch(proposed_id) else new_id(), time.monotonic()

    @app.after_request
    def _finish(response: Response) -> Response:
        response.headers[HEADER] = g.request_id
        if request.path in PROBES and response.status_code < 400:
            return response
        log.info(
            "request",
            extra={
                "method": request.method,
                "route": request.url_rule.rule if request.url_rule else None,
                "status": response.status_code,
                "ms": round(1000 * (time.monotonic() - g.started), 1),
            },
        )
        return response


def _name_request(record: logging.LogRecord) -> bool:
    """Give a record the id of the request during which it was made."""
    if has_request_context() and "request_id" in g:
        record.request_id = g.request_id
    return True
