"""The cursor: where in one timeline's log a client stands, as one integer below 2⁵³ on the wire.

It is `epoch · 2³² + seq`. The epoch changes when the server lost writes to a restored backup, and when what
this caller may see changed; a cursor of another epoch says nothing about what its holder has. 2⁵² is added from the
first page to the last of what an updated app has skipped: it may go back in the log, and whoever names the migration
again with the next page is not sent all of it again.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from server.foundation import clock
from server.foundation.http.errors import Problem
from server.sharing.grants.access import Access
from server.timeline.models import Timeline

EPOCH = 2**32
CATCHING_UP = 2**52
LARGEST = 2**53 - 1
BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)


class ResyncRequired(Problem):
    """The cursor is of another epoch, or ahead of the log.

    `reason` is `scope` (pull everything again, replacing) or `restored` (post every local row, with `cursor` for
    `last_pulled_at`, then pull everything).
    """

    status = 410
    code = "resync_required"
    detail = "This cursor is no longer valid."


@dataclass(frozen=True)
class Cursor:
    """A place in a timeline's log: everything up to the row whose `rev` is `seq` has been seen."""

    epoch: int
    seq: int
    catching_up: bool = False

    @classmethod
    def from_wire(cls, number: int) -> Self:
        """Return the cursor that a client sent."""
        return cls(*divmod(number % CATCHING_UP, EPOCH), number >= CATCHING_UP)

    def to_wire(self) -> int:
        """Return the integer that clients keep."""
        return self.epoch * EPOCH + self.seq + CATCHING_UP * self.catching_up

    @classmethod
    def head(cls, access: Access) -> Self:
        """Return the newest place in the log, as this caller counts."""
        return cls(access.epoch, access.timeline.seq)


def seen_until(access: Access, last_pulled_at: int | None) -> int:
    """Return the `rev` up to which the caller has everything: 0 without a cursor.

    Raises:
        ResyncRequired: the cursor is not of this epoch, or is ahead of the log.
    """
    if not last_pulled_at:
        return 0
    cursor, head = Cursor.from_wire(last_pulled_at), Cursor.head(access)
    if cursor.epoch == head.epoch and cursor.seq <= head.seq:
        return cursor.seq
    if access.grant is not None:
        raise ResyncRequired("What you may see has changed; pull everything again, replacing.", reason="scope")
    raise ResyncRequired(
        "The server lost its latest writes; post every local row with this `cursor`, then pull everything.",
        reason="restored",
        cursor=_last_common(access.timeline, cursor).to_wire(),
    )


def _last_common(timeline: Timeline, lost: Cursor) -> Cursor:
    """Return up to where today's log is the one that `lost` is a place in.

    A device has every row up to there, or a later version that the server lost: its own may take their place. What
    was written after it may be another device's, come again before.
    """
    cut = Cursor.from_wire(timeline.cut_at or 0)
    return Cursor(timeline.epoch, min(lost.seq, cut.seq) if lost.epoch == cut.epoch else 0)


def hours_since_beginning() -> int:
    """Return the hours since 2025-01-01 UTC: the lowest epoch of a timeline that begins anew, as from a backup."""
    return int((clock.now() - BEGINNING).total_seconds() // 3600)
