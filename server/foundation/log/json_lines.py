"""Log records as one JSON object a line, with nothing personal in them whoever wrote the record.

Our own records are constant words and named fields. What libraries log may quote a request or a row: of theirs
only the kind of error and the place in the code is kept, except gunicorn's words about its processes.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import ClassVar

OURS, GUNICORN = "acnetrack", "gunicorn.error"
FRAMES = 12


class JsonLines(logging.Formatter):
    """A record as one JSON object: its time, level, event, request, and the fields given by name."""

    fields: ClassVar = ("request_id", "method", "route", "status", "ms", "error", "frames", "detail")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        instant = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": instant, "level": record.levelname, "event": _event(record)}
        error = record.exc_info[1] if record.exc_info else None
        raised = failure(error) if error else {}
        named = {name: getattr(record, name) for name in self.fields if hasattr(record, name)}
        return json.dumps({**line, "process": record.process, **raised, **named})


def failure(error: BaseException) -> dict[str, object]:
    """Return the fields that say where an error arose; its message may hold somebody's data, so that is left out."""
    frames = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    return {"error": type(error).__qualname__, "frames": frames[-FRAMES:]}


def _event(record: logging.LogRecord) -> str:
    if record.name == OURS:
        return record.getMessage()
    if record.name != GUNICORN:
        return f"{record.name} logged"
    about, request, _ = str(record.msg).partition(" request ")  # What follows quotes the client: address, header, line.
    return about + request.rstrip() if request else record.getMessage().partition("\n")[0]
