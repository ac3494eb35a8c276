"""What must stay undone even after a backup is restored: deletions, erasures, revocations, and epochs handed out.

It is a database of its own, apart from the main one and in none of its backups. A deletion is written after the main
transaction is committed, so that nothing is in it that was never deleted, and before the answer goes out: a process
that is killed in between has acknowledged nothing, and the same request again writes the entry that is missing.
Erasures, revocations and epochs are written before the commit: asked for again they are answered as done, or nobody is
left to ask, and undoing too much is safe there. Entries hold random ids and nothing else, and are never changed; an
erasure takes those of its timeline along.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, cast

from flask import Flask, current_app
from sqlalchemy import BigInteger, Column, MetaData, String, Table, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, ProgrammingError

from server.config import ConfigError
from server.engines import WRITES_UNDER_LOCK, connect
from server.ids import new_id

Event = Literal[
    "deleted",
    "erased",
    "grant_revoked",
    "grant_narrowed",
    "grant_widened",
    "device_revoked",
    "code_used",
    "consent_withdrawn",
    "restored",
    "begun",
]

_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
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
    """The journal at `url`; its table is made when it is first needed."""

    def __init__(self, url: str) -> None:
        try:
            self.engine = connect(url, threads=1)
        except ConfigError as error:
            raise ConfigError(
                "ACNETRACK_JOURNAL_URL names no database that this server runs on; for example"
                " sqlite:////srv/acnetrack-journal/journal.db."
            ) from error
        self._ready = False

    def prepare(self) -> None:
        """Make the journal's table where there is none, and give a new journal a name of its own."""
        try:
            self._make_table()
        except (IntegrityError, ProgrammingError):  # On PostgreSQL another process was making it at the same time.
            self._make_table()
        self._ready = True
        if not self.of("begun"):
            self.add([{"timeline_id": "", "event": "begun", "table": "", "id": new_id(), "epoch": 0}])

    def _make_table(self) -> None:
        """Make it in a transaction that waits for others before it looks, as SQLite refuses those that look first."""
        begin = WRITES_UNDER_LOCK[self.engine.dialect.name]
        with self.engine.connect().execution_options(**begin) as connection, connection.begin():
            entries.metadata.create_all(connection)

    @property
    def name(self) -> str:
        """What tells this journal from another, as from one that took a lost one's place."""
        return min(entry.id for entry in self.of("begun"))

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
        found = select(*(entries.c[name] for name in Entry._fields)).where(entries.c.event == event)
        with self._transaction() as connection:
            return [Entry(*row) for row in connection.execute(found.order_by(*found.selected_columns))]

    def highest_epochs(self) -> dict[str, int]:
        """Return the highest epoch handed out by timeline; under "" that of all of them since the last restore."""
        highest = select(entries.c.timeline_id, func.max(entries.c.epoch)).where(entries.c.epoch > 0)
        with self._transaction() as connection:
            return {timeline_id: epoch for timeline_id, epoch in connection.execute(highest.group_by("timeline_id"))}

    def _transaction(self) -> Any:
        if not self._ready:
            self.prepare()
        return self.engine.begin()


def record(event: Event, timeline_id: str | None, ids: Sequence[str], table: str | None = None, epoch: int = 0) -> None:
    """Write down that `event` happened to these ids; it is durable when this returns.

    `epoch` is the one that a dermatologist's cursors have from now on, for events about a grant.

    Raises:
        OperationalError: it could not be written; the request is then answered 503 and has to be sent again.
    """
    named = {"timeline_id": timeline_id or "", "event": event, "table": table or "", "epoch": epoch}
    if ids:
        journal().add([{**named, "id": each} for each in dict.fromkeys(ids)])


def record_deletions(timeline_id: str, tombstones: Iterable[tuple[str, str]]) -> None:
    """Write down which rows, each a table and an id, are deleted; it is durable when this returns.

    Raises:
        OperationalError: it could not be written; the deletions have to be sent again.
    """
    named = {"timeline_id": timeline_id, "event": "deleted", "epoch": 0}
    if rows := [{**named, "table": table, "id": row_id} for table, row_id in tombstones]:
        journal().add(rows)


def journal() -> Journal:
    """Return the running application's journal."""
    return cast(Journal, current_app.extensions["acnetrack.journal"])


def init_app(app: Flask, url: str) -> None:
    """Give `app` the journal at `url`."""
    app.extensions["acnetrack.journal"] = Journal(url)
