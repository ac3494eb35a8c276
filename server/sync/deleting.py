"""Deleting: a row becomes a tombstone for ever, all versions of its record with it, and a visit takes its parts along.

Of an amended record every version goes, or the one before would be back. If another device wrote a version that this
one has not seen, the deletion is a conflict, as with a mutable row: the correction is not lost unread. What belongs to
a course stays, because doses were taken all the same.
"""

from collections.abc import Collection, Iterator

from server.sync.batch import Batch, Tombstone
from server.sync.tables import PARTS_OF_VISIT, VISITS, Kind, Table
from server.sync.verdict import NotDeletable, Rejected
from server.timeline.amendments import Versions


def delete(batch: Batch, table: Table, ids: Collection[str]) -> Iterator[tuple[str, Rejected]]:
    """Delete rows; deleting one again, or one that never came, leaves the same tombstone.

    Yields the id and the reason of each that may not be deleted.
    """
    versions = _versions(batch, table) if ids else Versions(())
    buried = []
    for record_id in ids:
        try:
            buried += _delete(batch, table, record_id, versions.of(record_id))
        except Rejected as reason:
            yield record_id, reason
    if table is VISITS:
        for part in PARTS_OF_VISIT:
            for row in batch.fetch(part, buried, by="visit_id"):
                if not row["deleted"]:
                    batch.bury(part, row["id"])


def _delete(batch: Batch, table: Table, record_id: str, versions: set[str]) -> list[str]:
    if not table.deletable:
        raise NotDeletable
    row = batch.find(table, record_id)
    if row is not None and row["deleted"]:
        # The first answer may have been lost, and what it waited for undone.
        batch.tombstones[Tombstone(table.name, record_id)] = None
        return []
    living = [version for each in sorted(versions) if (version := batch.find(table, each)) and not version["deleted"]]
    for version in living:
        if table.kind is Kind.MUTABLE or version["id"] != record_id:
            batch.refuse_overwriting(table, version)
    buried = list(dict.fromkeys([record_id, *(version["id"] for version in living)]))
    for each in buried:
        batch.bury(table, each)
    return buried


def _versions(batch: Batch, table: Table) -> Versions:
    """Read all that takes part in an amendment, and return which are versions of one record."""
    if "amends" not in table.columns:
        return Versions(())
    amendments = batch.fetch_where(table, table.stored.c.amends.is_not(None))
    batch.fetch(table, {row["amends"] for row in amendments})
    return Versions((row["id"], row["amends"]) for row in amendments)
