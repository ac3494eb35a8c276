"""What changed in a timeline since a cursor, a page at a time, in the order it was written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.sharing.accesses.chain import Head
from server.sharing.grants.access import Access
from server.sync.cursor import Cursor, seen_until
from server.sync.log import read
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


def pull(access: Access, last_pulled_at: int | None, limit: int) -> Page:
    """Return at most `limit` rows written after the cursor, oldest write first.

    Everything alive is `updated`: a client that is told `created` for its own record brings back what was
    deleted elsewhere.

    Raises:
        ResyncRequired: the cursor is of another epoch.
    """
    since, head, tables = seen_until(access, last_pulled_at), Cursor.head(access), tables_for(access)
    changes: dict[str, dict[str, list[Any]]] = {
        table.name: {"created": [], "updated": [], "deleted": []} for table in tables
    }
    written = read(access.timeline.id, tables, since, head.seq, limit)
    for table in written.tables:
        shown = changes[table.name]
        for deleted, row in written.rows(table):
            if deleted:
                shown["deleted"].append(row["id"])
            else:
                shown["updated"].append(row)
    last = head if written.until is None else Cursor(head.epoch, written.until)
    return Page(changes, last.to_wire(), written.until is not None)
