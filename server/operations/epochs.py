"""The epochs that timelines get when a backup is restored: above every one that was ever handed out.

A cursor's epoch is the timeline's plus, for a dermatologist, the grant's. The restored database knows neither the
grants that changed after the backup nor other restores of the same backup, perhaps within the hour; the journal does.
"""

from sqlalchemy import func, select

from server.foundation import db
from server.foundation.journal.recording import journal
from server.foundation.journal.replaying import replays
from server.sharing.grants.models import Grant
from server.sync.cursor import Cursor, hours_since_beginning
from server.timeline.models import Timeline

EVERY = "*"
"""What the journal calls all timelines together."""


@replays("grant_widened", "restored", "begun")
def renew() -> int:
    """Give every timeline an epoch with which no caller's cursor of before is valid; only inside `db.write`.

    It is `max(old + 1, hours since 2025-01-01)`, where `old` is the highest one that any caller of the timeline can
    have been given, in this past or in one that a restore undid. Returns how many timelines got one above all others'.
    """
    session, handed_out = db.session(), journal().highest_epochs()
    lowest = max(hours_since_beginning(), handed_out.pop("", 0) + 1)
    named = {"event": "restored", "table": ""}
    entries = [{**named, "timeline_id": "", "id": EVERY, "epoch": lowest}]
    widest = {
        timeline_id: epoch
        for timeline_id, epoch in session.execute(
            select(Grant.timeline_id, func.max(Grant.epoch)).group_by(Grant.timeline_id)
        )
    }
    for timeline in session.scalars(select(Timeline)):
        above = widest.get(timeline.id, 0)
        timeline.cut_at = Cursor(timeline.epoch, timeline.seq).to_wire()
        timeline.epoch = max(lowest, timeline.epoch + above + 1, handed_out.get(timeline.id, 0) + 1)
        if timeline.epoch + above > lowest:
            entries.append({**named, "timeline_id": timeline.id, "id": timeline.id, "epoch": timeline.epoch + above})
    journal().add(entries)
    return len(entries) - 1
