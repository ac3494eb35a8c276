"""A push while it is taken: the rows it concerns, and the places in the log that it gives out."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.sync.tables import AnyRow, Table
from server.sync.verdict import Conflict
from server.timeline.models import Timeline

IDS_AT_ONCE = 500
"""Below the number of parameters that every database takes in one statement."""


class Batch:
    """Writes to a locked timeline, by a device, or for None the server, that has seen everything up to `since`."""

    def __init__(self, session: Session, timeline: Timeline, device_id: str | None, since: int) -> None:
        self.session, self.timeline = session, timeline
        self.tombstones: list[AnyRow] = []
        self._device_id, self._since = device_id, since
        self._rows: dict[tuple[type[AnyRow], str], AnyRow] = {}

    def fetch(self, model: type[AnyRow], ids: Collection[str]) -> None:
        """Read the rows with these ids, deleted or not, so that `find` knows them."""
        wanted = sorted(ids)
        for start in range(0, len(wanted), IDS_AT_ONCE):
            some = wanted[start : start + IDS_AT_ONCE]
            query = select(model).where(model.timeline_id == self.timeline.id, model.id.in_(some))
            for row in cast("Iterable[AnyRow]", self.session.scalars(query)):
                self._rows[model, row.id] = row

    def find(self, model: type[AnyRow], record_id: str) -> AnyRow | None:
        """Return the row with this id, deleted or not, if it was fetched or written."""
        return self._rows.get((model, record_id))

    def shown(self, table: Table, record_id: str) -> Mapping[str, Any] | None:
        """Return the server's row for a verdict: null where it has none or has deleted it."""
        row = self.find(table.model, record_id)
        return None if row is None or row.deleted else table.to_wire(row)

    def stamp(self, row: AnyRow) -> None:
        """Give a row just written its place in the log."""
        row.rev, row.device_id = self.timeline.next_rev(), self._device_id
        self._rows[type(row), row.id] = row
        self.session.add(row)

    def refuse_overwriting(self, row: AnyRow) -> None:
        """Refuse to change a row of which another device wrote a version that this one has not seen.

        Raises:
            Conflict: it did.
        """
        if row.rev > self._since and row.device_id != self._device_id:
            raise Conflict
