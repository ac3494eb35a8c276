"""The journal's own database: what is in it, and how it is written so that it stays."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import BigInteger, Column, MetaData, String, Table, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, ProgrammingError

from server.foundation.config import ConfigError
from server.foundation.db.engines import WRITES_UNDER_LOCK, connect
from server.foundation.ids import new_id

Event = Literal[
    "deleted",
    "erased",
    "grant_revoked",
    "grant_narrowed",
    "device_revoked",
    "code_used",
    "consent_withdrawn",
    "grant_widened",
    "restored",
    "begun",
    "model_blocked",
]

_INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_ENTRIES_AT_ONCE = 1000

entries = Table(
    "entries",
    MetaData(),
    Column("timeline_id", String, primary_key=True),
    Column("event", String, primary_key=True),
    Column("table", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
)
"""One row an id; the same entry again changes nothing. Without a timeline, table or epoch it has "" or 0 there."""


class Entry(NamedTuple):
    """What one event was recorded of."""

    timeline_id: str
    table: str
    id: str
    epoch: int


class Journal:
    """The journal at `url`; its table is made when it is first needed.

    Its transactions see what others wrote while they waited: the same entry by two at once is no reason to fail.
    """

    def __init__(self, url: str) -> None:
        try:
            engine = connect(url, threads=1)
        except ConfigError as error:
            raise ConfigError(
                "ACNETRACK_JOURNAL_URL names no database that this server runs on; for example"
                " sqlite:////srv/acnetrack-journal/journal.db."
            ) from error
        self.engine = engine.execution_options(**WRITES_UNDER_LOCK[engine.dialect.name])
        self._ready = False

    def dispose(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def prepare(self) -> None:
        """Make the journal's table where there is none, and give a new journal a name of its own."""
        try:
            self._begin()
        except (IntegrityError, ProgrammingError):  # On PostgreSQL another process was making it at the same time.
            self._begin()
        self._ready = True

    def _begin(self) -> None:
        with self.engine.begin() as connection:
            entries.metadata.create_all(connection)
            if connection.scalar(select(entries.c.id).where(entries.c.event == "begun")) is None:
                begun = {"timeline_id": "", "event": "begun", "table": "", "id": new_id(), "epoch": 0}
                connection.execute(entries.insert(), begun)

    @property
    def name(self) -> str:
        """What tells this journal from another, as from one that took a lost one's place."""
        return self.of("begun")[0].id

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write entries; on return they are there for good."""
        insert = _INSERTS[self.engine.dialect.name](entries).on_conflict_do_nothing()
        with self._transaction() as connection:
            for start in range(0, len(rows), _ENTRIES_AT_ONCE):
                connection.execute(insert, list(rows[start : start + _ENTRIES_AT_ONCE]))

    def forget_erased(self) -> None:
        """Remove what else was said of erased timelines: clients choose the ids of their records."""
        erased = select(entries.c.timeline_id).where(entries.c.event == "erased", entries.c.timeline_id != "")
        others = delete(entries).where(entries.c.event != "erased", entries.c.timeline_id.in_(erased))
        with self._transaction() as connection:
            connection.execute(others)

    def of(self, event: Event) -> list[Entry]:
        """Return every entry of `event`, those of one timeline and table together."""
        query = select(*(entries.c[name] for name in Entry._fields)).where(entries.c.event == event)
        with self._transaction() as connection:
            return [Entry(*row) for row in connection.execute(query.order_by(*query.selected_columns))]

    def highest_epochs(self) -> dict[str, int]:
        """Return the highest epoch handed out by timeline; under "" that of all of them since the last restore."""
        highest = select(entries.c.timeline_id, func.max(entries.c.epoch)).where(entries.c.epoch > 0)
        with self._transaction() as connection:
            return {timeline_id: epoch for timeline_id, epoch in connection.execute(highest.group_by("timeline_id"))}

    def _transaction(self) -> Any:
        if not self._ready:
            self.prepare()
        return self.engine.begin()
