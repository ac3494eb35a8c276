"""Which moments can be believed, and in which form they are data: a phone's clock may be anything.

A visit that the phone dates after the server received it, or long before the patient had an account, is kept as it
is; it counts for nothing until an amendment says the same moment again, or another.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from server.timeline.models import Visit

AHEAD = timedelta(days=1)
"""How far a phone's clock may be ahead; time zones are no part of it, for every moment has its offset."""

BEFORE_ACCOUNT = timedelta(days=3653)
"""Ten years: photos from before the account are taken in, the epoch of a clock that was reset is not."""

FARTHEST_OFFSET = timedelta(hours=14)


def doubted(visit: Visit, versions: Mapping[str, Visit], account_made: datetime, now: datetime) -> bool:
    """Return whether a visit's date has to be checked by the patient.

    Args:
        visit: the version that stands.
        versions: every living row of the timeline's visits, by its id.
        account_made: when the timeline began.
        now: taken for the moment of receipt where that is not known.
    """
    moment, received = visit.instant, visit.received_at or now
    if account_made - BEFORE_ACCOUNT <= moment <= received + AHEAD:
        return False
    amended = versions.get(visit.amends or "")
    return amended is None or amended.instant != moment


def plain_offset(instant: datetime) -> bool:
    """Return whether a moment's offset is one that clocks have: whole minutes, at most fourteen hours."""
    offset = instant.utcoffset()
    return offset is not None and abs(offset) <= FARTHEST_OFFSET and not offset % timedelta(minutes=1)


def with_plain_offset(instant: datetime) -> datetime:
    """Return the same moment, in UTC where its own offset is none that other systems read."""
    return instant if plain_offset(instant) else instant.astimezone(UTC)
