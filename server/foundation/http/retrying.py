"""Requests that are done again when another's transaction was in the way of theirs."""

import random
import time
from collections.abc import Callable

from flask import Flask, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from server.foundation import db
from server.foundation.db.engines import lost_race

ATTEMPTS = 6
FIRST_PAUSE_SECONDS = 0.01
REREADABLE_BODIES = ("", "application/json", "application/x-www-form-urlencoded")
"""Media types of bodies that stay in memory once they were read; others, as photos, are gone then."""

Forget = Callable[[], None]

_BEFORE_RETRY: list[Forget] = []


def before_retry(forget: Forget) -> Forget:
    """Register what drops a subject's memory of the request, which holds rows that may be gone since."""
    _BEFORE_RETRY.append(forget)
    return forget


class RetryingFlask(Flask):
    """Flask, calling the view of a request again where its transaction lost a race and `db.retry_safe()` holds."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Return the view's answer; what loses every time is raised, and answered as busy."""
        for attempt in range(1, ATTEMPTS):
            try:
                return super().dispatch_request()
            except SQLAlchemyError as error:
                if not lost_race(error) or not db.retry_safe() or request.mimetype not in REREADABLE_BODIES:
                    raise
            for forget in _BEFORE_RETRY:
                forget()
            time.sleep(random.uniform(0, FIRST_PAUSE_SECONDS * 2**attempt))
        return super().dispatch_request()
