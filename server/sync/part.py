"""What a push has for one table: rows to write, ids to delete, and what was refused of it so far."""

from collections.abc import Iterable
from typing import Any

from server.sync.amending import amended_first
from server.sync.batch import Batch
from server.sync.deleting import delete
from server.sync.reading import check_id, id_of, values_of
from server.sync.tables import VISITS, Kind, Table, Values
from server.sync.verdict import Invalid, ReadOnly, Rejected
from server.sync.writing import write
from server.timeline.identifiers import is_identifier


class Part:
    """One table's part of a push; `refused` are the ids of what was refused, in the order of the push."""

    def __init__(self, table: Table, records: Iterable[Any] = (), deleted: Iterable[Any] = ()) -> None:
        """Read the records; needs no database, so it is done before anything is locked."""
        self.table = table
        self._count = 0
        self._places: dict[str | None, int] = {}
        self._refused: list[tuple[str | None, Rejected]] = []
        self._values: list[Values] = []
        self._deleted: list[str] = []
        for record in records:
            self.add(record)
        for record_id in deleted:
            self.add_deletion(record_id)

    def add(self, record: Any) -> None:
        """Read one record to write, or refuse it."""
        record_id = id_of(record)
        try:
            self._values.append(values_of(self.table, self._identified(record_id, record)))
        except Rejected as reason:
            self._refuse(record_id, reason)

    def add_deletion(self, record_id: Any) -> None:
        """Read one id to delete, or refuse it."""
        known = record_id if isinstance(record_id, str) else None
        try:
            check_id(self._identified(known, record_id))
            self._deleted.append(record_id)
        except Rejected as reason:
            self._refuse(known, reason)

    def refuse(self, record_id: str | None, reason: Rejected) -> None:
        """Refuse one record that cannot be read, None for one without an id."""
        self._count += 1
        self._refuse(record_id, reason)

    def _refuse(self, record_id: str | None, reason: Rejected) -> None:
        self._places.setdefault(record_id, len(self._places))
        self._refused.append((record_id, reason))

    def _identified(self, record_id: str | None, sent: Any) -> Any:
        self._count += 1
        if record_id is None:
            raise Invalid(f"The {self._count}. of {self.table.name} in this push has no id; each needs one, as text.")
        self._places.setdefault(record_id, len(self._places))
        if self.table.kind is Kind.SERVER_OWNED:
            raise ReadOnly
        return sent

    @property
    def refused(self) -> list[tuple[str | None, Rejected]]:
        """The id and the reason of each record that was refused, in the order of the push."""
        return sorted(self._refused, key=lambda pair: self._places[pair[0]])

    def fetch(self, batch: Batch) -> None:
        """Read every row that these records concern, what they amend and the visits they belong to included."""
        named = {record_id for record_id in self._places if record_id is not None and is_identifier(record_id)}
        amended = {values["amends"] for values in self._values if values.get("amends")}
        batch.fetch(self.table, named | amended)
        batch.fetch(VISITS, {values["visit_id"] for values in self._values if "visit_id" in values})

    def write(self, batch: Batch) -> None:
        """Write the records that may be written."""
        for values in amended_first(self._values):
            try:
                write(batch, self.table, values)
            except Rejected as reason:
                self._refused.append((values["id"], reason))

    def delete(self, batch: Batch) -> None:
        """Delete what may be deleted."""
        self._refused += delete(batch, self.table, self._deleted)
