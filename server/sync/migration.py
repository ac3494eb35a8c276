"""An app that was updated: tables and columns that its older version did not keep, and so has never stored.

WatermelonDB's pull says it in `migration`, which is null or as `{"from": 1, "tables": ["check_ins"], "columns":
[{"table": "visits", "columns": ["note"]}]}`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from server.sync.tables import Table


@dataclass(frozen=True)
class Migration:
    """The tables that a newer schema brings, and the columns, each as table and name; either may be unknown here."""

    tables: frozenset[str] = frozenset()
    columns: frozenset[tuple[str, str]] = frozenset()

    def skipped(self, tables: Sequence[Table]) -> tuple[Table, ...]:
        """Return those of `tables` in whose rows the app lacks something that the server has."""
        return tuple(table for table in tables if table.name in self.tables or self._widened(table))

    def _widened(self, table: Table) -> bool:
        return any((table.name, column) in self.columns for column in table.columns)
