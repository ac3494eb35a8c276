"""Deleting: a row becomes a tombstone for ever, and a visit takes what belongs to it along."""

from sqlalchemy import select

from server.sync.batch import Batch
from server.sync.tables import AnyRow, Table
from server.timeline.models import Assessment, Photo, Visit

KEPT = ("timeline_id", "id", "rev", "deleted", "device_id")


def delete(batch: Batch, table: Table, record_id: str) -> None:
    """Delete one row; deleting it again, or one that never came, leaves the same tombstone.

    Raises:
        Rejected: the id is malformed, or another device changed the row meanwhile.
    """
    row = batch.find(table.model, record_id)
    if row is None:
        row = table.model(timeline_id=batch.timeline.id, id=record_id)
    elif row.deleted:
        batch.tombstones.append(row)  # The first answer may be lost, and what it waited for undone.
        return
    elif table.mutable:
        batch.refuse_overwriting(row)
    for part in _parts(batch, row):
        _bury(batch, part)
    _bury(batch, row)


def _parts(batch: Batch, row: AnyRow) -> list[AnyRow]:
    if not isinstance(row, Visit):
        return []
    theirs = {"timeline_id": batch.timeline.id, "visit_id": row.id, "deleted": False}
    return [
        *batch.session.scalars(select(Photo).filter_by(**theirs)),
        *batch.session.scalars(select(Assessment).filter_by(**theirs)),
    ]


def _bury(batch: Batch, row: AnyRow) -> None:
    for column in row.__table__.columns:
        if column.name not in KEPT:
            setattr(row, column.name, None)
    row.deleted = True
    batch.stamp(row)
    batch.tombstones.append(row)
