"""Taking a client's changes: one verdict a record, and all that is accepted in one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from server import db
from server.accounts.models import Device
from server.photos.services import discard
from server.sharing.services import Access
from server.sync.cursor import seen_until
from server.sync.deleting import delete
from server.sync.tables import SERVER_TABLES, TABLES
from server.sync.verdict import ReadOnly, Rejected, UnknownTable
from server.sync.writing import Push, write
from server.timeline.lock import locked
from server.timeline.models import Photo

Changes = Mapping[str, Mapping[str, Sequence[Any]]]


def push(access: Access, device: Device, changes: Changes, last_pulled_at: int | None) -> list[dict[str, Any]]:
    """Write what may be written of `changes` and return a verdict for every record that may not.

    Raises:
        ResyncRequired: the cursor is of another epoch; nothing was written.
    """
    rejected = [refusal for name in changes for refusal in _refused_table(name, changes[name])]
    with db.write() as session:
        timeline = locked(access.timeline.id)
        batch = Push(session, timeline, device.id, seen_until(access, last_pulled_at))
        for table in TABLES:
            given = changes.get(table.name, {})
            for record in (*given.get("created", ()), *given.get("updated", ())):
                try:
                    write(batch, table, record)
                except Rejected as verdict:
                    rejected.append(verdict.to_wire(table.name, record["id"], batch.shown(table, record["id"])))
        for table in TABLES:
            for record_id in changes.get(table.name, {}).get("deleted", ()):
                try:
                    delete(batch, table, record_id)
                except Rejected as verdict:
                    rejected.append(verdict.to_wire(table.name, record_id, batch.shown(table, record_id)))
        erased = [row.id for row in batch.tombstones if isinstance(row, Photo)]
    discard(access.timeline.id, erased)
    return rejected


def _refused_table(name: str, given: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    if name in (table.name for table in TABLES):
        return []
    verdict = ReadOnly() if name in SERVER_TABLES else UnknownTable()
    ids = [*(record["id"] for kind in ("created", "updated") for record in given.get(kind, ()))]
    return [verdict.to_wire(name, record_id, None) for record_id in (*ids, *given.get("deleted", ()))]
