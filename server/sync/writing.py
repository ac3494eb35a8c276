"""One pushed record: created, found identical, changed, or refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from server.sync.tables import AnyRow, Table
from server.sync.verdict import Conflict, Gone, Immutable, Invalid, ReadOnly, UnknownColumn, VisitUnknown
from server.timeline.models import Timeline, Visit
from server.timeline.schemas import ID_PATTERN, ID_RULE

CLIENT_ONLY = ("_status", "_changed")
"""Columns in which client libraries keep their own books."""

UNKNOWN = "Unknown field."


@dataclass
class Push:
    """A push being taken: into a locked timeline, from a device that has seen everything up to `since`."""

    session: Session
    timeline: Timeline
    device_id: str
    since: int
    tombstones: list[AnyRow] = field(default_factory=list)

    def find(self, model: type[AnyRow], record_id: str) -> AnyRow | None:
        """Return the row with this id, deleted or not.

        Raises:
            Invalid: no row can have such an id.
        """
        if not re.fullmatch(ID_PATTERN, record_id):
            raise Invalid(f"id: {ID_RULE}")
        return self._get(model, record_id)

    def shown(self, table: Table, record_id: str) -> Mapping[str, Any] | None:
        """Return the server's row for a verdict: null where it has none or has deleted it."""
        row = self._get(table.model, record_id)
        return None if row is None or row.deleted else table.to_wire(row)

    def _get(self, model: type[AnyRow], record_id: str) -> AnyRow | None:
        return cast("AnyRow | None", self.session.get(model, (self.timeline.id, record_id)))

    def stamp(self, row: AnyRow) -> None:
        """Give a row just written its place in the log."""
        row.rev, row.device_id = self.timeline.next_rev(), self.device_id
        self.session.add(row)
        self.session.flush()

    def refuse_overwriting(self, row: AnyRow) -> None:
        """Refuse to change a row of which another device wrote a version that this one has not seen.

        Raises:
            Conflict: it did.
        """
        if row.rev > self.since and row.device_id != self.device_id:
            raise Conflict


def write(push: Push, table: Table, record: Mapping[str, Any]) -> None:
    """Create or change the row that `record` describes; the same content again is accepted, changing nothing.

    Raises:
        Rejected: it may not be written; which kind says why.
    """
    row = push.find(table.model, record["id"])
    if row is not None and row.deleted:
        raise Gone
    values = _values(table, record, row)
    if row is None:
        _refuse_without_visit(push, values)
        push.stamp(table.model(timeline_id=push.timeline.id, **values))
    elif any(getattr(row, column) != value for column, value in values.items()):
        if not table.mutable:
            raise Immutable
        push.refuse_overwriting(row)
        for column, value in values.items():
            setattr(row, column, value)
        push.stamp(row)


def _values(table: Table, record: Mapping[str, Any], row: AnyRow | None) -> dict[str, Any]:
    """Return the columns of `record` that the client may set."""
    given = {column: value for column, value in record.items() if column not in CLIENT_ONLY}
    try:
        values: dict[str, Any] = table.schema.load(given)
    except ValidationError as error:
        raise _refusal(error.messages_dict) from error
    for column in table.server_columns:
        if values.pop(column) and not (row and getattr(row, column)):
            raise ReadOnly(f"{column}: Only the server sets this column; leave it out.")
    return values


def _refusal(messages: Mapping[str, Any]) -> Invalid | UnknownColumn:
    unknown = [column for column, texts in messages.items() if UNKNOWN in texts]
    if unknown:
        return UnknownColumn(f"{', '.join(unknown)}: This server has no such column; leave it out.")
    return Invalid(" ".join(f"{column}: {' '.join(map(str, texts))}" for column, texts in messages.items()))


def _refuse_without_visit(push: Push, values: Mapping[str, Any]) -> None:
    if "visit_id" not in values:
        return
    visit = push.find(Visit, values["visit_id"])
    if visit is None:
        raise VisitUnknown
    if visit.deleted:
        raise Gone("The visit of this record was deleted.")
