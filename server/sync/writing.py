"""One pushed record: created, found identical, changed, or refused; all of it by the columns that were sent."""

from server.sync.amending import refuse_wrong_amendment
from server.sync.batch import Batch
from server.sync.reading import fit_together, whole_row
from server.sync.tables import VISITS, Kind, Table, Values
from server.sync.verdict import Gone, Immutable, TooMuch


def write(batch: Batch, table: Table, values: Values) -> None:
    """Create or change the row with these values; the same content again is accepted and changes nothing.

    Raises:
        Rejected: it may not be written; which kind says why.
    """
    row = batch.find(table, values["id"])
    if row is None:
        new = whole_row(table, values, batch.find(table, values.get("amends") or ""))
        _refuse_of_deleted_visit(batch, new)
        refuse_wrong_amendment(batch, table, new)
        _refuse_too_much(batch, table, new)
        batch.stamp(table, new)
    elif row["deleted"]:
        raise Gone
    elif changed := {column: value for column, value in values.items() if row[column] != value}:
        if table.kind is not Kind.MUTABLE:
            raise Immutable
        batch.refuse_overwriting(table, row, changed)
        fit_together(table, {**row, **changed})
        _refuse_too_much(batch, table, {**row, **changed})
        batch.stamp(table, {**row, **changed})


def _refuse_too_much(batch: Batch, table: Table, row: Values) -> None:
    if not batch.timeline.has_room_for(batch.growth(table, row)):
        raise TooMuch


def _refuse_of_deleted_visit(batch: Batch, values: Values) -> None:
    visit = batch.find(VISITS, values["visit_id"]) if "visit_id" in values else None
    if visit is not None and visit["deleted"]:
        raise Gone("The visit of this record was deleted.")
