"""The time of day, behind a Protocol so that tests choose it."""

from datetime import UTC, datetime
from typing import Protocol, cast

from flask import current_app


class Clock(Protocol):
    """Anything that knows what time it is."""

    def now(self) -> datetime:
        """Return the present instant, in UTC and with its offset."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present instant, in UTC and with its offset."""
        return datetime.now(UTC)


def now() -> datetime:
    """Return the present instant by the running application's clock."""
    return cast(Clock, current_app.extensions["acnetrack.clock"]).now()
