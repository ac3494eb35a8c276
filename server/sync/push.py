"""Taking a client's changes: one verdict a record, and all that is accepted in one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from server.foundation import db
from server.foundation.http.errors import Problem
from server.foundation.journal.recording import record_deletions
from server.people.accounts.models import Device
from server.photos.storing import discard
from server.sharing.grants.access import Access, locked_for_storing
from server.sync.batch import Batch
from server.sync.cursor import seen_until
from server.sync.part import Part
from server.sync.reading import id_of
from server.sync.tables import COMING_TABLES, PHOTOS, TABLES, Table, Values
from server.sync.verdict import ReadOnly, UnknownTable

Changes = Mapping[str, Mapping[str, Sequence[Any]]]
Verdict = dict[str, Any]

RECORDS_AT_ONCE = 20_000
"""How many records one push may hold: others wait for the timeline, on SQLite for the database, while it is taken."""


class TooManyRecords(Problem):
    """The push holds more records than are taken at once."""

    status = 413
    code = "too_many_records"
    detail = f"A push holds {RECORDS_AT_ONCE:,} records at most; nothing was written. Send them in several."


def push(
    access: Access, device: Device, changes: Changes, last_pulled_at: int | None, number: int | None = None
) -> list[Verdict]:
    """Write what may be written of `changes` and return a verdict for every record that may not.

    `number` rises with the device's pushes: one that comes late, after a higher one, overwrites nothing that the
    device wrote since. Without it the server takes pushes to come in the order in which they were sent.

    Verdicts come table by table, and within one in the order of the push.

    Raises:
        TooManyRecords: there are more than `RECORDS_AT_ONCE`.
        ResyncRequired: the cursor is of another epoch; nothing was written.
    """
    if sum(len(ids) for sent in changes.values() for ids in sent.values()) > RECORDS_AT_ONCE:
        raise TooManyRecords
    parts = [Part(table, *_records(changes[table.name])) for table in TABLES if table.name in changes]
    return [*apply_parts(access, device, parts, last_pulled_at, number), *_of_other_tables(changes)]


def apply_parts(
    access: Access,
    device: Device,
    parts: Sequence[Part],
    last_pulled_at: int | None,
    number: int | None,
    assumed: Mapping[tuple[Table, str], Values | None] = {},
) -> list[Verdict]:
    """Write the parts of a push, in the order of `TABLES`; deletions come last.

    Raises:
        ResyncRequired: the cursor is of another epoch; nothing was written.
        Unauthenticated, ConsentRequired: the right to write ended while the push came; nothing was written.
    """
    device_id, timeline_id = device.id, access.timeline.id
    with db.write(under_lock=True) as session:
        timeline = locked_for_storing(timeline_id)
        late = number is not None and _note_push(session, device_id, number)
        batch = Batch(session, timeline, device_id, seen_until(access, last_pulled_at), assumed, late)
        for part in parts:
            part.fetch(batch)
            part.write(batch)
        batch.flush()
        for part in parts:
            part.delete(batch)
        batch.flush()
    record_deletions(timeline_id, batch.tombstones)
    discard(timeline_id, [row.id for row in batch.tombstones if row.table == PHOTOS.name])
    return [
        reason.to_wire(part.table.name, record_id, batch.shown(part.table, record_id) if record_id else None)
        for part in parts
        for record_id, reason in part.refused
    ]


def _note_push(session: Session, device_id: str, number: int) -> bool:
    """Note the device's newest push and return whether this one is older; the timeline's lock orders them."""
    device = session.get_one(Device, device_id, populate_existing=True)
    late = number < device.newest_push
    device.newest_push = max(number, device.newest_push)
    return late


def _records(changes: Mapping[str, Sequence[Any]]) -> tuple[list[Any], Sequence[Any]]:
    return [*changes.get("created", ()), *changes.get("updated", ())], changes.get("deleted", ())


def _of_other_tables(changes: Changes) -> list[Verdict]:
    """Return a refusal for every record of a table that this server does not have."""
    verdicts, known = [], {table.name for table in TABLES}
    for name, sent in changes.items():
        if name not in known:
            reason = ReadOnly() if name in COMING_TABLES else UnknownTable()
            records, deleted = _records(sent)
            ids = [*map(id_of, records), *(each if isinstance(each, str) else None for each in deleted)]
            verdicts += [reason.to_wire(name, record_id, None) for record_id in ids]
    return verdicts
