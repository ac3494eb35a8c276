"""A push while it is taken: the rows it concerns, and the places in the log that it gives out."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Update, bindparam, insert, select, update
from sqlalchemy.orm import Session

from server.sync.tables import TABLES, Table, Values
from server.sync.verdict import Conflict
from server.timeline.models import Timeline

IDS_AT_ONCE = 500
"""Below the number of parameters that every database takes in one statement."""

Row = dict[str, Any]


class Tombstone(NamedTuple):
    """What was deleted."""

    table: str
    id: str


class Batch:
    """Writes to a locked timeline, by a device or, for None, the server.

    The device has seen what was written up to `since`, and of the rows named in `assumed`, by table and id, the
    columns given there. A `late` push was overtaken by a newer one of the same device, and has not seen what that
    wrote.
    """

    def __init__(
        self,
        session: Session,
        timeline: Timeline,
        device_id: str | None,
        since: int,
        assumed: Mapping[tuple[Table, str], Values | None] = {},
        late: bool = False,
    ) -> None:
        self.timeline = timeline
        self.tombstones: dict[Tombstone, None] = {}
        self._session, self._device_id, self._since, self._assumed = session, device_id, since, assumed
        self._late = late
        self._rows: dict[tuple[Table, str], Row] = {}
        self._stored: set[tuple[Table, str]] = set()
        self._stamped: dict[tuple[Table, str], Row] = {}

    def fetch(self, table: Table, ids: Collection[str], by: str = "id") -> list[Row]:
        """Read and return the rows, deleted or not, that have one of `ids` in a column; `find` then knows them."""
        wanted, column, rows = sorted(ids), table.stored.c[by], []
        for start in range(0, len(wanted), IDS_AT_ONCE):
            rows += self.fetch_where(table, column.in_(wanted[start : start + IDS_AT_ONCE]))
        return rows

    def fetch_where(self, table: Table, condition: ColumnElement[bool]) -> list[Row]:
        """Read and return the timeline's rows for which a condition holds."""
        query = select(table.stored).where(table.stored.c.timeline_id == self.timeline.id, condition)
        rows = [dict(row) for row in self._session.execute(query).mappings()]
        for row in rows:
            self._rows[table, row["id"]] = row
            self._stored.add((table, row["id"]))
        return rows

    def find(self, table: Table, record_id: str) -> Row | None:
        """Return the row with this id, deleted or not, if it was fetched or written."""
        return self._rows.get((table, record_id))

    def shown(self, table: Table, record_id: str) -> Values | None:
        """Return the server's row for a verdict: null where it has none or has deleted it."""
        row = self.find(table, record_id)
        return None if row is None or row["deleted"] else table.to_wire(row)

    def stamp(self, table: Table, values: Values, deleted: bool = False) -> None:
        """Give a row with these values its place in the log; it is written by `flush`."""
        place = {"timeline_id": self.timeline.id, "rev": self.timeline.next_rev(), "device_id": self._device_id}
        row = {**values, **place, "deleted": deleted}
        self.timeline.stored_bytes += self.growth(table, row)
        self._rows[table, row["id"]] = self._stamped[table, row["id"]] = row

    def growth(self, table: Table, row: Values) -> int:
        """Return how much more text the timeline holds with this row than with the one that is there."""
        return text_bytes(row) - text_bytes(self.find(table, row["id"]) or {})

    def bury(self, table: Table, record_id: str) -> None:
        """Leave of a row its id and nothing else."""
        self.stamp(table, {**dict.fromkeys(table.stored.columns.keys()), "id": record_id}, deleted=True)
        self.tombstones[Tombstone(table.name, record_id)] = None

    def refuse_overwriting(self, table: Table, row: Row, changed: Collection[str] = ()) -> None:
        """Refuse to change columns of a row, or to delete it, if a version was written that this push has not seen.

        Raises:
            Conflict: by another device, or by a newer push of this one.
        """
        own = row["device_id"] == self._device_id and not self._late
        if own or row["rev"] <= self._since:
            return
        assumed = self._assumed.get((table, row["id"]))
        if assumed is None or not assumed.keys() >= set(changed):
            raise Conflict
        if any(row[column] != value for column, value in assumed.items()):
            raise Conflict

    def flush(self) -> None:
        """Write what was stamped, a table at a time."""
        new: dict[Table, list[Row]] = defaultdict(list)
        changed: dict[Table, list[Row]] = defaultdict(list)
        for key, row in self._stamped.items():
            (changed if key in self._stored else new)[key[0]].append(row)
        for table in TABLES:
            if new[table]:
                self._session.execute(insert(table.stored), new[table])
            if changed[table]:
                self._session.execute(_update(table), [_to_update(row) for row in changed[table]])
        self._stored.update(self._stamped)
        self._stamped.clear()


def text_bytes(row: Values) -> int:
    """Return how long a row's texts are together."""
    return sum(len(value) for value in row.values() if isinstance(value, str))


def _update(table: Table) -> Update:
    """Return the statement; the columns to set are those that its parameters name."""
    columns = table.stored.c
    return update(table.stored).where(columns.timeline_id == bindparam("of_timeline"), columns.id == bindparam("of_id"))


def _to_update(row: Row) -> Row:
    values = {"of_timeline": row["timeline_id"], "of_id": row["id"], **row}
    del values["timeline_id"], values["id"]
    return values
