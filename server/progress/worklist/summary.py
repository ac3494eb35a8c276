"""What the dermatologist's list says of one timeline."""

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from server.progress.charts.sparkline import sparkline
from server.progress.progress import Progress
from server.progress.series import chart_points
from server.progress.words import change_line
from server.progress.worklist.worst_first import Standing, standing


@dataclass(frozen=True)
class Summary:
    """All of a patient's line but their name; `last_visit` is the patient's own date."""

    standing: Standing
    last_visit: date | None
    sparkline: Markup
    change: str


def summary_of(progress: Progress) -> Summary:
    """Return the summary of a patient's progress."""
    points = chart_points(progress)
    return Summary(
        standing(progress),
        progress.visits[-1].day if progress.visits else None,
        sparkline(f"sparkline-{progress.timeline_id}", points) if points else Markup(""),
        change_line(progress),
    )
