"""One pushed record: created, found identical, changed, or refused."""

from collections.abc import Mapping
from typing import Any

from server.sync.batch import Batch
from server.sync.tables import Table
from server.sync.verdict import Gone, Immutable, VisitUnknown
from server.timeline.models import Visit


def write(batch: Batch, table: Table, values: Mapping[str, Any]) -> None:
    """Create or change the row with these values; the same content again is accepted and changes nothing.

    Raises:
        Rejected: it may not be written; which kind says why.
    """
    row = batch.find(table.model, values["id"])
    if row is not None and row.deleted:
        raise Gone
    given = _of_the_client(table, values)
    if row is None:
        _refuse_without_visit(batch, given)
        batch.stamp(table.model(timeline_id=batch.timeline.id, **given))
    elif any(getattr(row, column) != value for column, value in given.items()):
        if not table.mutable:
            raise Immutable
        batch.refuse_overwriting(row)
        for column, value in given.items():
            setattr(row, column, value)
        batch.stamp(row)


def _of_the_client(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that are the client's to set.

    The server's columns are ignored, not refused: a client that posts its rows again, after the server was
    restored from a backup, sends them as it last pulled them.
    """
    return {column: value for column, value in values.items() if column not in table.server_columns}


def _refuse_without_visit(batch: Batch, values: Mapping[str, Any]) -> None:
    if "visit_id" not in values:
        return
    visit = batch.find(Visit, values["visit_id"])
    if visit is None:
        raise VisitUnknown
    if visit.deleted:
        raise Gone("The visit of this record was deleted.")
