"""What must stay undone even after a backup is restored: deletions, erasures, revocations, and epochs handed out.

It is a database of its own, apart from the main one and in none of its backups. A deletion is written after the main
transaction is committed, so that nothing is in it that was never deleted, and before the answer goes out: a process
that is killed in between has acknowledged nothing, and the same request again writes the entry that is missing.
Erasures, revocations and epochs are written before the commit: asked for again they are answered as done, or nobody is
left to ask, and undoing too much is safe there. Entries hold ids and versions of models, nothing else, and are never
changed; an erasure takes those of its timeline along.
"""

from collections.abc import Iterable, Sequence
from typing import cast

from flask import Flask, current_app

from server.foundation.journal.entries import Event, Journal


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
