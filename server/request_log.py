"""One JSON line a request on standard error, with nothing personal: no address, body, e-mail or token."""

import json
import logging
import time
from typing import ClassVar

from flask import Flask, Response, g, request

from server.ids import new_id

log = logging.getLogger("acnetrack")


class JsonLines(logging.Formatter):
    """A record as one JSON object: its time, level, event, and the fields given by name."""

    fields: ClassVar = ("request_id", "method", "route", "status", "ms", "error", "frames", "detail")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        named = {name: getattr(record, name) for name in self.fields if hasattr(record, name)}
        line = {"time": self.formatTime(record), "level": record.levelname, "event": record.getMessage()}
        return json.dumps({**line, **named})


def init_app(app: Flask) -> None:
    """Log each request of `app` by its route, so that ids in the address stay out."""
    if not log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines())
        log.addHandler(handler)
        log.setLevel(logging.INFO)

    @app.before_request
    def _start() -> None:
        g.request_id, g.started = new_id(), time.monotonic()

    @app.after_request
    def _finish(response: Response) -> Response:
        milliseconds = round(1000 * (time.monotonic() - g.started), 1) if "started" in g else None
        log.info(
            "request",
            extra={
                "request_id": g.get("request_id"),
                "method": request.method,
                "route": request.url_rule.rule if request.url_rule else None,
                "status": response.status_code,
                "ms": milliseconds,
            },
        )
        return response
