"""Deleted records on a restored database: tombstones again, also of what the backup never held."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from server.foundation import db
from server.foundation.journal.entries import Entry
from server.foundation.journal.recording import journal
from server.foundation.journal.replaying import replays
from server.photos.storing import discard
from server.sync.batch import Batch
from server.sync.deleting import delete as bury
from server.sync.tables import PHOTOS, TABLES
from server.timeline.lock import locked
from server.timeline.models import Timeline


class RecordKeptAlive(Exception):
    """The journal names records as deleted that this version never lets be deleted."""


@replays("deleted")
def delete_again() -> int:
    """Bury all that the journal names, in a transaction a timeline; return how many were alive or unknown.

    Raises:
        RecordKeptAlive: another version of the server wrote it.
    """
    by_timeline = groupby(journal().of("deleted"), key=attrgetter("timeline_id"))
    return sum(_delete_of(timeline_id, list(entries)) for timeline_id, entries in by_timeline)


def _delete_of(timeline_id: str, entries: Sequence[Entry]) -> int:
    if db.session().get(Timeline, timeline_id) is None:
        return 0
    with db.write(under_lock=True) as session:
        timeline = locked(timeline_id)
        batch = Batch(session, timeline, None, timeline.seq)
        for table in TABLES:
            ids = [entry.id for entry in entries if entry.table == table.name]
            batch.fetch(table, ids)
            unheard = [each for each in ids if (row := batch.find(table, each)) is None or not row["deleted"]]
            refused = dict(bury(batch, table, unheard))
            if refused:
                codes = ", ".join(sorted({reason.code for reason in refused.values()}))
                raise RecordKeptAlive(
                    f"The journal names deleted {table.name} that this version does not let be deleted ({codes});"
                    " install the version of acnetrack that wrote it, and restore again."
                )
        batch.flush()
    discard(timeline_id, [each.id for each in batch.tombstones if each.table == PHOTOS.name])
    return len(batch.tombstones)
