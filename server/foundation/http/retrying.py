"""Requests that are done again when another's transaction was in the way of theirs."""

import random
import time

from flask import Flask, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from server.foundation import db
from server.foundation.db.engines import lost_race

ATTEMPTS = 6
FIRST_PAUSE_SECONDS = 0.01
KEPT_BODIES = ("", "application/json", "application/x-www-form-urlencoded")
"""Media types of bodies that are read once and kept; others, as photos, are gone once they were read."""


class RetryingFlask(Flask):
    """Flask, calling the view of a request again where its transaction lost a race before anything was committed."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Return the view's answer; what loses every time is raised, and answered as busy."""
        for attempt in range(1, ATTEMPTS):
            try:
                return super().dispatch_request()
            except SQLAlchemyError as error:
                if not lost_race(error) or db.committed() or request.mimetype not in KEPT_BODIES:
                    raise
            g.pop("browser", None)  # Who is signed in is asked anew: they may be what is gone.
            time.sleep(random.uniform(0, FIRST_PAUSE_SECONDS * 2**attempt))
        return super().dispatch_request()
