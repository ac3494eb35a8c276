"""RxDB's replication over the same log and by the same rules: a collection is a table.

What RxDB does with an answer decides what the answer is. A document that comes back from a push is the server's state
of it: RxDB asks the collection's conflict handler what to do and stores that. A document that does not come back is
taken for accepted and never sent again; an error answer has the whole batch sent again for ever. So every document
that is refused, for whatever reason, comes back as the server has it, and as deleted where it has none: the rest of
the batch is taken, and nothing goes round in circles.

RxDB's own conflict handler drops what it sent. An app's handler should set `newDocumentState` aside for its user
where `realMasterState` is deleted: it is what was refused. Who asks `why` is told by code and in words, in `_refused`
of each document, which the app takes out again before RxDB sees it. Deleted documents are an id and nothing else, so
only `id` may be required in the collection's schema. Collections are replicated each on its own and in any order; a
photo may come before its visit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.foundation.http.errors import Problem
from server.people.accounts.models import Device
from server.sharing.grants.access import Access
from server.sync.cursor import Cursor, seen_until
from server.sync.log import read
from server.sync.part import Part
from server.sync.push import RECORDS_AT_ONCE, TooManyRecords, apply_parts
from server.sync.reading import UNKNOWN, id_of, names, values_of
from server.sync.tables import TABLES, Table, Values, tables_for
from server.sync.verdict import Invalid, Rejected

Document = dict[str, Any]

ROW = ("assumedMasterState", "newDocumentState")


class TableUnknown(Problem):
    """There is no such table, or the caller may not see it."""

    status = 404
    code = "unknown_table"
    detail = "There is no such table for you; the tables are those that a pull of …/sync names."


@dataclass(frozen=True)
class Documents:
    """One answer to a pull, oldest write first; `checkpoint` is the cursor to send next."""

    documents: Sequence[Document]
    checkpoint: int
    has_more: bool


def pull_documents(access: Access, table_name: str, checkpoint: int | None, limit: int) -> Documents:
    """Return at most `limit` documents of a table written after the checkpoint.

    RxDB takes fewer than it asked for to be the last ones; where `has_more` says otherwise, pull again at once.

    Raises:
        TableUnknown: there is no such table for the caller.
        ResyncRequired: the checkpoint is of another epoch.
    """
    table = _named(table_name, tables_for(access))
    since, head = seen_until(access, checkpoint), Cursor.head(access)
    written = read(access.timeline.id, (table,), since, head.seq, limit)
    rows = [_document(row, deleted) for part in written.tables for deleted, row in written.rows(part)]
    last = head if written.until is None else Cursor(head.epoch, written.until)
    return Documents(rows, last.to_wire(), written.until is not None)


def push_documents(
    access: Access,
    device: Device,
    table_name: str,
    rows: Sequence[Mapping[str, Any]],
    checkpoint: int | None,
    number: int | None = None,
    why: bool = False,
) -> list[Document]:
    """Write what may be written of `rows`, and return the server's state of every document that may not.

    A change is a conflict if another device wrote the row since, unless the client's `assumedMasterState` is how
    the row stands or its checkpoint, if it gives one, is later. `number` is as in `server.sync.push.push`.
    With `why` each document has `_refused`: the `code` and `detail` of its verdict.

    Raises:
        TableUnknown: there is no such table.
        TooManyRecords: there are more rows than are taken at once.
        ResyncRequired: the checkpoint is of another epoch; nothing was written.
    """
    table = _named(table_name, TABLES)
    if len(rows) > RECORDS_AT_ONCE:
        raise TooManyRecords
    part, assumed = Part(table), dict[tuple[Table, str], Values | None]()
    for row in rows:
        new, before = row.get("newDocumentState"), row.get("assumedMasterState")
        record_id = id_of(new)
        try:
            _check_row(row)
        except Invalid as reason:
            part.refuse(record_id, reason)
            continue
        if new is None or record_id is None or not new.get("_deleted"):
            part.add(new)
        elif not _known_deleted(before):
            part.add_deletion(record_id)
        if record_id is not None:
            assumed[table, record_id] = _read(table, record_id, before)
    refused = apply_parts(access, device, [part], checkpoint, number, assumed)
    return list({verdict["id"]: _master_state(verdict, why) for verdict in refused}.values())


def _named(name: str, tables: Sequence[Table]) -> Table:
    table = next((each for each in tables if each.name == name), None)
    if table is None:
        raise TableUnknown
    return table


def _check_row(row: Mapping[str, Any]) -> None:
    """Refuse a row that is not one of `assumedMasterState` and `newDocumentState`. Raises Invalid."""
    unknown = row.keys() - set(ROW)
    if unknown:
        raise Invalid(f"{names(sorted(unknown))}: {UNKNOWN}")
    for name in ROW:
        document = row.get(name)
        if not isinstance(document, dict | None):
            raise Invalid(f"{name}: Must be an object.")
        if document and not isinstance(document.get("_deleted", False), bool):
            raise Invalid("_deleted: Must be true or false.")


def _known_deleted(assumed: Mapping[str, Any] | None) -> bool:
    """Return whether a deletion only repeats what the server said: RxDB sends each resolved conflict back.

    It must leave no tombstone of a document that was refused, so that its id can be used once it is right.
    """
    return assumed is not None and bool(assumed.get("_deleted"))


def _read(table: Table, record_id: str, assumed: Mapping[str, Any] | None) -> Values | None:
    """Return the columns that the client takes to be the server's, None where they cannot be or there are none."""
    if assumed is None or assumed.get("_deleted"):
        return None
    try:
        values = values_of(table, {**assumed, "id": record_id})
    except Rejected:
        return None
    return values if len(values) > 1 else None


def _master_state(verdict: Mapping[str, Any], why: bool) -> Document:
    current = verdict["current"]
    document = _document(current or {"id": verdict["id"]}, deleted=current is None)
    return {**document, "_refused": {"code": verdict["code"], "detail": verdict["detail"]}} if why else document


def _document(row: Mapping[str, Any], deleted: bool) -> Document:
    return {**row, "_deleted": deleted}
