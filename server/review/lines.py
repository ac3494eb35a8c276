"""The lines of the dermatologist's list."""

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from server.accounts.models import User
from server.audit.services import record_reads
from server.charts.sparkline import sparkline
from server.review.worst_first import Reason, Standing, worst_first
from server.sharing.services import timelines_shared_with
from server.timeline.progress import progress_of
from server.timeline.series import chart_points
from server.timeline.words import change_line


@dataclass(frozen=True)
class Line:
    """One patient in the list."""

    timeline_id: str
    name: str
    iga: int | None
    last_visit: date | None
    sparkline: Markup
    change: str
    reasons: tuple[Reason, ...]


def list_lines(dermatologist: User) -> list[Line]:
    """Return a line for each patient who shares with the dermatologist, worst first; record the reading."""
    timelines = timelines_shared_with(dermatologist)
    record_reads(dermatologist, [timeline.id for timeline in timelines], "list of patients")
    standings = worst_first(progress_of(timeline) for timeline in timelines)
    return [_line(f"sparkline-{place}", standing) for place, standing in enumerate(standings)]


def _line(name: str, standing: Standing) -> Line:
    progress = standing.progress
    points = chart_points(progress)
    return Line(
        progress.timeline_id,
        progress.patient_name,
        standing.iga,
        progress.visits[-1].day if progress.visits else None,
        sparkline(name, points) if points else Markup(""),
        change_line(progress),
        standing.reasons,
    )
