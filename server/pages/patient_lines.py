"""The lines of the dermatologist's list."""

from dataclasses import dataclass

from markupsafe import Markup

from server.foundation import db
from server.people.accounts.models import User
from server.progress.charts.sparkline import sparkline
from server.progress.progress import progress_of
from server.progress.worklist.stored import sources_of, store_summaries, stored_summaries
from server.progress.worklist.summary import Summary, summary_of
from server.progress.worklist.worst_first import Reason, reasons
from server.sharing.accesses.recording import record_reads
from server.sharing.grants.access import timelines_shared_with


@dataclass(frozen=True)
class Line:
    """One patient in the list."""

    timeline_id: str
    name: str
    summary: Summary

    @property
    def sparkline(self) -> Markup:
        """The inflammatory counts, drawn; nothing where no visit is assessed."""
        counts = self.summary.counts
        return sparkline(f"sparkline-{self.timeline_id}", counts) if counts else Markup("")

    @property
    def change(self) -> str:
        """What is read first of the patient, in one short sentence."""
        return self.summary.said

    @property
    def reasons(self) -> list[Reason]:
        """Why the patient stands where they do."""
        return reasons(self.summary.standing)


def list_lines(dermatologist: User) -> list[Line]:
    """Return a line for each patient who shares with the dermatologist, worst first; record the reading."""
    timelines = timelines_shared_with(dermatologist)
    names = {timeline.id: timeline.patient.name for timeline in timelines}
    sources = sources_of(names)
    known = stored_summaries(sources)
    fresh = {each.id: summary_of(progress_of(each)) for each in timelines if each.id not in known}
    with db.write(under_lock=True):
        record_reads(dermatologist, names, "list of patients")
        store_summaries(fresh, sources)
    summaries = {**known, **fresh}
    lines = [Line(timeline_id, name, summaries[timeline_id]) for timeline_id, name in names.items()]
    return sorted(lines, key=lambda line: line.summary.standing.place(line.name))
