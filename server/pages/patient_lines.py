"""The lines of the dermatologist's list: a page of it, searched and filtered."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from markupsafe import Markup

from server.foundation import clock, db
from server.pages.listing import SHOWN, Asked
from server.people.accounts.models import User
from server.progress.charts.sparkline import sparkline
from server.progress.progress import progress_of
from server.progress.worklist.entries import Entry, as_read, entries_of, in_order
from server.progress.worklist.stored import store_summaries, stored_summaries
from server.progress.worklist.summary import Summary, summary_of
from server.progress.worklist.worst_first import Reason, Standing, reasons
from server.sharing.accesses.recording import record_reads
from server.timeline.models import Timeline

A_PAGE = 50
"""Patients on one page of the list."""

READING_SECONDS = 1.0
"""For so long patients are read anew, visit by visit, while the reader waits; the others are said to wait."""


@dataclass(frozen=True)
class Line:
    """One patient in the list; `summary` is None until their records were read."""

    entry: Entry
    summary: Summary | None
    silent_weeks: int | None
    """Whole weeks without a photo, where there are too many."""

    @property
    def timeline_id(self) -> str:
        """The patient's timeline."""
        return self.entry.timeline_id

    @property
    def name(self) -> str:
        """The patient's name."""
        return self.entry.name

    @property
    def standing(self) -> Standing:
        """What places the patient."""
        return self.summary.standing if self.summary else Standing()

    @property
    def sparkline(self) -> Markup:
        """The inflammatory counts, drawn; nothing where no visit is assessed."""
        counts = self.summary.counts if self.summary else ()
        return sparkline(f"sparkline-{self.timeline_id}", counts) if counts else Markup("")

    @property
    def change(self) -> str:
        """What is read first of the patient, in one short sentence."""
        return self.summary.said if self.summary else "Not read yet."

    @property
    def reasons(self) -> list[Reason]:
        """Why the patient stands where they do."""
        silent = [Reason(f"no photo for {self.silent_weeks} weeks", "worse")] if self.silent_weeks else []
        flagged = [Reason(SHOWN[flag].chip) for flag in self.entry.flags if SHOWN[flag].chip]
        return [*silent, *flagged, *(reasons(self.standing) if self.summary else [])]


@dataclass(frozen=True)
class Listed:
    """One page of the list."""

    asked: Asked
    page: int
    """Which page this is, from 1."""
    lines: Sequence[Line]
    shared: int
    """How many patients share with the reader."""
    found: int
    """How many of them were asked for."""
    waiting: int
    """How many have records that the list has not read yet."""
    counts: Mapping[str, int]
    """Of those whose name was searched for, how many each filter shows."""

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return _pages(self.found)

    @property
    def first(self) -> int:
        """Place of the first of these lines among all that were found, from 1."""
        return A_PAGE * (self.page - 1) + 1


def list_page(dermatologist: User, asked: Asked) -> Listed:
    """Return the page that was asked for; record that those who are shown were read."""
    today = clock.now().date()
    entries = entries_of(dermatologist)
    fresh = _read_anew([entry.timeline_id for entry in entries if not entry.current])
    entries = in_order(as_read(entries, fresh), today)
    named = [entry for entry in entries if asked.names(entry)]
    found = [entry for entry in named if SHOWN[asked.show].holds(entry, today)]
    page = min(asked.page, _pages(len(found)))
    shown = found[A_PAGE * (page - 1) : A_PAGE * page]
    with db.write(under_lock=True, retry_safe=True):
        record_reads(dermatologist, [entry.timeline_id for entry in shown], "list of patients")
        store_summaries(fresh, {entry.timeline_id: entry.source for entry in entries})
    summaries = stored_summaries({entry.timeline_id: entry.source for entry in shown})
    return Listed(
        asked,
        page,
        [_line(entry, summaries.get(entry.timeline_id), today) for entry in shown],
        len(entries),
        len(found),
        sum(not entry.current for entry in entries),
        {name: sum(one.holds(entry, today) for entry in named) for name, one in SHOWN.items()},
    )


def next_patient(dermatologist: User, after: str) -> str | None:
    """Return the timeline that follows `after` in the whole list, None behind the last."""
    today = clock.now().date()
    entries = in_order(entries_of(dermatologist), today)
    ids = [entry.timeline_id for entry in entries if entry.timeline_id == after or not entry.snoozed(today)]
    following = ids[ids.index(after) + 1 :] if after in ids else ids
    return following[0] if following else None


def _pages(found: int) -> int:
    return max(1, ceil(found / A_PAGE))


def _read_anew(timeline_ids: Sequence[str]) -> Mapping[str, Summary]:
    """Return fresh summaries of as many timelines as there is time for, of the first in any case."""
    fresh: dict[str, Summary] = {}
    begun = time.monotonic()
    for timeline_id in timeline_ids:
        if fresh and time.monotonic() - begun > READING_SECONDS:
            break
        fresh[timeline_id] = summary_of(progress_of(db.session().get_one(Timeline, timeline_id)))
    return fresh


def _line(entry: Entry, summary: Summary | None, today: date) -> Line:
    weeks = (today - entry.last_visit).days // 7 if entry.last_visit and entry.silent(today) else None
    return Line(entry, summary, weeks)
