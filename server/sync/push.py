"""Taking a client's changes: one verdict a record, and all that is accepted in one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from server import db
from server.accounts.models import Device
from server.operations.journal import record_deletions
from server.photos.services import discard
from server.sharing.services import Access
from server.sync.batch import Batch
from server.sync.cursor import seen_until
from server.sync.deleting import delete
from server.sync.reading import check_id, values_of
from server.sync.tables import SERVER_TABLES, TABLES, Table
from server.sync.verdict import ReadOnly, Rejected, UnknownTable
from server.sync.writing import write
from server.timeline.lock import locked
from server.timeline.models import Photo, Visit

Changes = Mapping[str, Mapping[str, Sequence[Any]]]
Verdict = dict[str, Any]


class _Part:
    """What a push has for one table: rows to write, ids to delete, and what was refused of it so far."""

    def __init__(self, table: Table, given: Mapping[str, Sequence[Any]]) -> None:
        self.table = table
        self.values: list[dict[str, Any]] = []
        self.deleted: list[str] = []
        self.refused: list[tuple[str, Rejected]] = []
        for record in (*given.get("created", ()), *given.get("updated", ())):
            try:
                self.values.append(values_of(table, record))
            except Rejected as reason:
                self.refused.append((record["id"], reason))
        for record_id in given.get("deleted", ()):
            try:
                check_id(record_id)
                self.deleted.append(record_id)
            except Rejected as reason:
                self.refused.append((record_id, reason))

    def fetch(self, batch: Batch) -> None:
        """Read every row that these records concern, the visits they belong to included."""
        refused = [record_id for record_id, _ in self.refused]
        batch.fetch(self.table.model, {*(values["id"] for values in self.values), *self.deleted, *refused})
        batch.fetch(Visit, {values["visit_id"] for values in self.values if "visit_id" in values})

    def write(self, batch: Batch) -> None:
        for values in self.values:
            try:
                write(batch, self.table, values)
            except Rejected as reason:
                self.refused.append((values["id"], reason))

    def delete(self, batch: Batch) -> None:
        for record_id in self.deleted:
            try:
                delete(batch, self.table, record_id)
            except Rejected as reason:
                self.refused.append((record_id, reason))

    def verdicts(self, batch: Batch) -> list[Verdict]:
        name = self.table.name
        return [reason.to_wire(name, id_, batch.shown(self.table, id_)) for id_, reason in self.refused]


def push(access: Access, device: Device, changes: Changes, last_pulled_at: int | None) -> list[Verdict]:
    """Write what may be written of `changes` and return a verdict for every record that may not.

    Raises:
        ResyncRequired: the cursor is of another epoch; nothing was written.
    """
    parts = [_Part(table, changes[table.name]) for table in TABLES if table.name in changes]
    device_id, timeline_id = device.id, access.timeline.id
    with db.write(under_lock=True) as session:
        timeline = locked(timeline_id)
        batch = Batch(session, timeline, device_id, seen_until(access, last_pulled_at))
        for part in parts:
            part.fetch(batch)
            part.write(batch)
        for part in parts:
            part.delete(batch)
        rejected = [verdict for part in parts for verdict in part.verdicts(batch)]
        erased = [row.id for row in batch.tombstones if isinstance(row, Photo)]
    record_deletions(timeline_id, batch.tombstones)
    discard(timeline_id, erased)
    return [*_of_other_tables(changes), *rejected]


def _of_other_tables(changes: Changes) -> list[Verdict]:
    """Return a refusal for every record of a table that clients do not write."""
    verdicts = []
    for name in changes.keys() - {table.name for table in TABLES}:
        reason = ReadOnly() if name in SERVER_TABLES else UnknownTable()
        records = [record["id"] for kind in ("created", "updated") for record in changes[name].get(kind, ())]
        verdicts += [reason.to_wire(name, id_, None) for id_ in (*records, *changes[name].get("deleted", ()))]
    return verdicts
