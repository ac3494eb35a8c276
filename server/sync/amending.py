"""What an amendment may name: a row of its own table and visit that is there and not deleted.

It is to a row that never changes what a change is to a mutable one. What was written later is kept beside what was
written before, so nothing is refused because another device amended the same row; and it names a row that was there
before it, so amendments never go round in a circle.
"""

from collections.abc import Sequence

from server.sync.batch import Batch
from server.sync.tables import Table, Values
from server.sync.verdict import AmendedUnknown, Gone, Invalid


def refuse_wrong_amendment(batch: Batch, table: Table, values: Values) -> None:
    """Refuse a new row that amends what it may not.

    Raises:
        Invalid: it amends itself or a row of another visit.
        AmendedUnknown: there is no such row in its table.
        Gone: the row was deleted.
    """
    amended_id = values.get("amends")
    if amended_id is None:
        return
    if amended_id == values["id"]:
        raise Invalid("amends: Must name another record.")
    amended = batch.find(table, amended_id)
    if amended is None:
        raise AmendedUnknown
    if amended["deleted"]:
        raise Gone("The record that this one amends was deleted.")
    if values.get("visit_id") != amended.get("visit_id"):
        raise Invalid("amends: Must name a record of the same visit.")


def amended_first(records: Sequence[Values]) -> Sequence[Values]:
    """Return the records of one push with each after the one that it amends, otherwise in their order."""
    by_id = {record["id"]: record for record in records if "amends" in record}
    if not any(record["amends"] in by_id for record in by_id.values()):
        return records
    ordered: list[Values] = []
    placed: set[int] = set()
    for record in records:
        line: list[Values] = []
        following: Values | None = record
        while following is not None and id(following) not in placed:
            placed.add(id(following))
            line.append(following)
            following = by_id.get(following.get("amends"))
        ordered += reversed(line)
    return ordered
