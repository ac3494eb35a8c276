"""What a push has for one table: rows to write, ids to delete, and what was refused of it so far."""

from collections.abc import Iterable, Mapping
from typing import Any

from server.sync.amending import amended_first
from server.sync.batch import Batch
from server.sync.deleting import delete
from server.sync.reading import check_id, values_of
from server.sync.tables import VISITS, Kind, Table, Values
from server.sync.verdict import ReadOnly, Rejected
from server.sync.writing import write


class Part:
    """One table's part of a push; `refused` are the ids of what was refused, in the order of the push."""

    def __init__(self, table: Table, records: Iterable[Mapping[str, Any]], deleted: Iterable[str]) -> None:
        """Read the records; needs no database, so it is done before anything is locked."""
        self.table = table
        self._places: dict[str, int] = {}
        self._refused: list[tuple[str, Rejected]] = []
        self._values: list[Values] = []
        self._deleted: list[str] = []
        for record in records:
            try:
                self._place(record["id"])
                self._values.append(values_of(table, record))
            except Rejected as reason:
                self._refused.append((record["id"], reason))
        for record_id in deleted:
            try:
                self._place(record_id)
                check_id(record_id)
                self._deleted.append(record_id)
            except Rejected as reason:
                self._refused.append((record_id, reason))

    def _place(self, record_id: str) -> None:
        self._places.setdefault(record_id, len(self._places))
        if self.table.kind is Kind.SERVER_OWNED:
            raise ReadOnly

    @property
    def refused(self) -> list[tuple[str, Rejected]]:
        """The id and the reason of each record that was refused, in the order of the push."""
        return sorted(self._refused, key=lambda pair: self._places[pair[0]])

    def fetch(self, batch: Batch) -> None:
        """Read every row that these records concern, what they amend and the visits they belong to included."""
        amended = {values["amends"] for values in self._values if values.get("amends")}
        batch.fetch(self.table, {*self._places, *amended})
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
