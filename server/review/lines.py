"""The lines of the dermatologist's list."""

from dataclasses import dataclass

from server import db
from server.accounts.models import User
from server.audit.services import record_reads
from server.review.kept import keep, kept, made_from
from server.review.summary import Summary, summary_of
from server.sharing.services import timelines_shared_with
from server.timeline.progress import progress_of


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
