"""The cursor: where in one timeline's log a client stands, as one integer below 2⁵³ on the wire.

It is `epoch · 2³² + seq`. The epoch changes when the server lost writes to a restored backup, and when what
this caller may see changed; a cursor of another epoch says nothing about what its holder has.
"""

from dataclasses import dataclass
from typing import Self

from server.errors import Problem
from server.sharing.services import Access

EPOCH = 2**32
LARGEST = 2**53 - 1


class ResyncRequired(Problem):
    """The cursor is of another epoch, or ahead of the log.

    `reason` is `scope` (pull everything again, replacing) or `restored` (post every local row, then pull
    everything).
    """

    status = 410
    code = "resync_required"
    detail = "This cursor is no longer valid."


@dataclass(frozen=True)
class Cursor:
    """A place in a timeline's log: everything up to the row whose `rev` is `seq` has been seen."""

    epoch: int
    seq: int

    @classmethod
    def from_wire(cls, number: int) -> Self:
        """Return the cursor that a client sent."""
        return cls(*divmod(number, EPOCH))

    def to_wire(self) -> int:
        """Return the integer that clients keep."""
        return self.epoch * EPOCH + self.seq

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
        "The server lost its latest writes; post every local row, then pull everything.", reason="restored"
    )
