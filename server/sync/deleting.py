"""Deleting: a row becomes a tombstone for ever, and a visit takes what belongs to it along."""

from sqlalchemy import select

from server.sync.tables import AnyRow, Table
from server.sync.writing import Push
from server.timeline.models import Assessment, Photo, Visit

KEPT = ("timeline_id", "id", "rev", "deleted", "device_id")


def delete(push: Push, table: Table, record_id: str) -> None:
    """Delete one row; deleting it again, or one that never came, leaves the same tombstone.

    Raises:
        Rejected: the id is malformed, or another device changed the row meanwhile.
    """
    row = push.find(table.model, record_id)
    if row is None:
        row = table.model(timeline_id=push.timeline.id, id=record_id)
    elif row.deleted:
        return
    elif table.mutable:
        push.refuse_overwriting(row)
    for part in _parts(push, row):
        _bury(push, part)
    _bury(push, row)


def _parts(push: Push, row: AnyRow) -> list[AnyRow]:
    if not isinstance(row, Visit):
        return []
    theirs = {"timeline_id": push.timeline.id, "visit_id": row.id, "deleted": False}
    return [
        *push.session.scalars(select(Photo).filter_by(**theirs)),
        *push.session.scalars(select(Assessment).filter_by(**theirs)),
    ]


def _bury(push: Push, row: AnyRow) -> None:
    for column in row.__table__.columns:
        if column.name not in KEPT:
            setattr(row, column.name, None)
    row.deleted = True
    push.stamp(row)
    push.tombstones.append(row)
