"""The patients who share with a dermatologist, as the list orders, filters and searches them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import and_, or_, select

from server.foundation import clock, db
from server.people.accounts.models import User
from server.progress.worklist.flags import Flag
from server.progress.worklist.models import Mark, StoredSummary
from server.progress.worklist.stored import sources_of
from server.progress.worklist.summary import Summary
from server.progress.worklist.worst_first import RANK
from server.sharing.grants.models import Grant
from server.timeline.models import Timeline

SILENT_AFTER = timedelta(days=28)
"""Photos are taken weekly: who sent none for so long has missed three."""

FIRST = (Flag.UNASSESSED, Flag.WORSE)
"""What goes before the grade, the gravest first."""


@dataclass(frozen=True)
class Entry:
    """One patient. What the list has not read since it was written stands as it was read last; `current` says so."""

    timeline_id: str
    name: str
    source: str
    current: bool
    iga: int | None
    inflammatory: int | None
    trend: str
    flags: frozenset[Flag]
    last_visit: date | None
    new: bool
    """Whether anything that the page rests on was written since the reader opened it last."""
    snoozed_until: date | None

    def as_read(self, summary: Summary) -> "Entry":
        """Return the entry with what a fresh summary says."""
        standing, flags = summary.standing, frozenset(summary.flags)
        return replace(
            self,
            current=True,
            iga=standing.iga,
            inflammatory=standing.inflammatory,
            trend=standing.trend,
            flags=flags,
            last_visit=summary.last_visit,
        )

    def silent(self, today: date) -> bool:
        """Return whether no photo came for longer than is usual."""
        return self.last_visit is not None and today - self.last_visit > SILENT_AFTER

    def snoozed(self, today: date) -> bool:
        """Return whether the reader need not see the patient yet."""
        return self.snoozed_until is not None and today < self.snoozed_until

    def place(self, today: date) -> tuple[int, int, int, int, str, str]:
        """Return what the list is sorted by, smallest first; the name comes last, so that chance decides nothing."""
        first = next((place for place, flag in enumerate(FIRST) if flag in self.flags), len(FIRST))
        if first == len(FIRST) and not self.silent(today):
            first += 1
        grade = -1 if self.iga is None else self.iga
        return first, -grade, RANK[self.trend], -(self.inflammatory or 0), self.name.casefold(), self.timeline_id


def entries_of(dermatologist: User) -> list[Entry]:
    """Return an entry for each patient who shares with the dermatologist now, in no order."""
    now = clock.now()
    shared = select(Grant.timeline_id).where(
        Grant.dermatologist_id == dermatologist.id,
        Grant.revoked_at.is_(None),
        Grant.starts_at <= now,
        or_(Grant.ends_at.is_(None), Grant.ends_at > now),
    )
    sources = sources_of(shared)
    of_reader = and_(Mark.timeline_id == Timeline.id, Mark.dermatologist_id == dermatologist.id)
    stored = StoredSummary
    rows = db.session().execute(
        select(
            Timeline.id,
            User.name,
            stored.made_from,
            stored.iga,
            stored.inflammatory,
            stored.trend,
            stored.flags,
            stored.last_visit,
            Mark.seen,
            Mark.snoozed_until,
        )
        .join(User, User.id == Timeline.patient_id)
        .outerjoin(stored, stored.timeline_id == Timeline.id)
        .outerjoin(Mark, of_reader)
        .where(Timeline.id.in_(shared))
    )
    return [
        Entry(
            row.id,
            row.name,
            sources[row.id],
            row.made_from == sources[row.id],
            row.iga,
            row.inflammatory,
            row.trend or "unknown",
            _flags(row.flags or ""),
            row.last_visit,
            row.seen != sources[row.id],
            row.snoozed_until,
        )
        for row in rows
        if row.id in sources
    ]


def in_order(entries: Sequence[Entry], today: date) -> list[Entry]:
    """Return the entries as they are worked through."""
    return sorted(entries, key=lambda entry: entry.place(today))


def as_read(entries: Sequence[Entry], fresh: Mapping[str, Summary]) -> list[Entry]:
    """Return the entries, those that were read anew as they are now."""
    return [entry.as_read(fresh[entry.timeline_id]) if entry.timeline_id in fresh else entry for entry in entries]


_FLAGS: dict[str, frozenset[Flag]] = {}


def _flags(text: str) -> frozenset[Flag]:
    """Return the flags that a stored line names; there are few different ones among many patients."""
    if text not in _FLAGS:
        _FLAGS[text] = frozenset(map(Flag, text.split()))
    return _FLAGS[text]
