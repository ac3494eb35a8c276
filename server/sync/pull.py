"""What changed in a timeline since a cursor, a page at a time, in the order it was written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.sharing.accesses.chain import Head
from server.sharing.grants.access import Access
from server.sync.cursor import Cursor, seen_until
from server.sync.log import Slice, read
from server.sync.migration import Migration
from server.sync.tables import tables_for


@dataclass(frozen=True)
class Page:
    """One answer to a pull; `timestamp` is the cursor to send next.

    `access_log` is how long the log of who read the timeline is: for its owner, None for others.
    """

    changes: Mapping[str, Mapping[str, list[Any]]]
    timestamp: int
    has_more: bool
    access_log: Head | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing changed."""
        return not any(rows for table in self.changes.values() for rows in table.values())


def pull(access: Access, last_pulled_at: int | None, limit: int, migration: Migration | None = None) -> Page:
    """Return at most `limit` rows written after the cursor, oldest write first.

    Everything alive is `updated`: a client that is told `created` for its own record brings back what was
    deleted elsewhere. With a `migration` the rows of what it names come first, also those written before the cursor;
    where they fill the page, the next cursor is the place in the log that they have come to.

    Raises:
        ResyncRequired: the cursor is of another epoch.
    """
    since, head, tables = seen_until(access, last_pulled_at), Cursor.head(access), tables_for(access)
    changes: dict[str, dict[str, list[Any]]] = {
        table.name: {"created": [], "updated": [], "deleted": []} for table in tables
    }
    catching_up = Cursor.from_wire(last_pulled_at or 0).catching_up
    until, room = since, limit
    if migration is not None and not catching_up:
        catching_up = True
        skipped = read(access.timeline.id, migration.skipped(tables), 0, since, limit)
        room -= _add(skipped, changes)
        until = skipped.until or since
    if room and until == since:
        written = read(access.timeline.id, tables, since, head.seq, room)
        _add(written, changes)
        until = written.until or head.seq
    has_more = until != head.seq
    return Page(changes, Cursor(head.epoch, until, has_more and catching_up).to_wire(), has_more)


def _add(written: Slice, changes: Mapping[str, Mapping[str, list[Any]]]) -> int:
    """Add the rows of a slice to `changes` and return how many they are."""
    count = 0
    for table in written.tables:
        shown = changes[table.name]
        for deleted, row in written.rows(table):
            count += 1
            if deleted:
                shown["deleted"].append(row["id"])
            else:
                shown["updated"].append(row)
    return count
