"""What changed in a timeline since a cursor, a page at a time, in the order it was written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from server import db
from server.audit.chain import Head
from server.sharing.services import Access
from server.sync.cursor import Cursor, seen_until
from server.sync.tables import TABLES, AnyRow, Table


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
    since, head = seen_until(access, last_pulled_at), Cursor.head(access)
    tables = [table for table in TABLES if access.photos or table.scope != "photos"]
    timeline_id = access.timeline.id
    written = [(r, table) for table in tables for r in _rows(table, timeline_id, since, head.seq, limit + 1)]
    written.sort(key=lambda pair: pair[0].rev)
    has_more = len(written) > limit
    changes: dict[str, dict[str, list[Any]]] = {
        table.name: {"created": [], "updated": [], "deleted": []} for table in tables
    }
    for row, table in written[:limit]:
        if row.deleted:
            changes[table.name]["deleted"].append(row.id)
        else:
            changes[table.name]["updated"].append(table.to_wire(row))
    last = Cursor(head.epoch, written[limit - 1][0].rev) if has_more else head
    return Page(changes, last.to_wire(), has_more)


def _rows(table: Table, timeline_id: str, since: int, until: int, count: int) -> list[AnyRow]:
    model = table.model
    query = select(model).where(model.timeline_id == timeline_id, model.rev > since, model.rev <= until)
    return list(db.session().scalars(query.order_by(model.rev).limit(count)))
