"""The lines of the dermatologist's list."""

from dataclasses import dataclass

from server.foundation import db
from server.people.accounts.models import User
from server.progress.progress import progress_of
from server.progress.worklist.kept import keep, kept, made_from
from server.progress.worklist.summary import Summary, summary_of
from server.sharing.accesses.recording import record_reads
from server.sharing.grants.access import timelines_shared_with


@dataclass(frozen=True)
class Line:
    """One patient in the list."""

    timeline_id: str
    name: str
    summary: Summary


def list_lines(dermatologist: User) -> list[Line]:
    """Return a line for each patient who shares with the dermatologist, worst first; record the reading."""
    timelines = timelines_shared_with(dermatologist)
    names = {timeline.id: timeline.patient.name for timeline in timelines}
    sources = made_from(names)
    known = kept(sources)
    fresh = {each.id: summary_of(progress_of(each)) for each in timelines if each.id not in known}
    with db.write(under_lock=True):
        record_reads(dermatologist, names, "list of patients")
        keep(fresh, sources)
    summaries = {**known, **fresh}
    lines = [Line(timeline_id, name, summaries[timeline_id]) for timeline_id, name in names.items()]
    return sorted(lines, key=lambda line: line.summary.standing.place(line.name))
