"""What the dermatologist's list knows of one timeline, as values: its page puts them in words and draws them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from server.progress.charts.series import CountPoint
from server.progress.progress import Progress
from server.progress.series import chart_points
from server.progress.words.lines import change_line
from server.progress.words.verdicts import headline
from server.progress.worklist.flags import Flag, flags_of
from server.progress.worklist.worst_first import Standing, standing
from server.timeline.assessment import Count


@dataclass(frozen=True)
class Summary:
    """All of a patient's line but their name; `last_visit` is the patient's own date."""

    standing: Standing
    last_visit: date | None
    counts: tuple[CountPoint, ...]
    said: str
    """What is read first on the patient's page, in one sentence."""
    flags: tuple[Flag, ...] = ()

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the summary whose `dataclasses.asdict`, dates in ISO's form, is `stored`."""
        return cls(
            Standing(**stored["standing"]),
            _date(stored["last_visit"]),
            tuple(
                CountPoint(date.fromisoformat(point["day"]), Count(**point["inflammatory"]), point["model"])
                for point in stored["counts"]
            ),
            stored["said"],
            tuple(map(Flag, stored["flags"])),
        )


def summary_of(progress: Progress) -> Summary:
    """Return the summary of a patient's progress."""
    return Summary(
        standing(progress),
        progress.visits[-1].day if progress.visits else None,
        tuple(CountPoint(point.day, point.inflammatory, point.model) for point in chart_points(progress)),
        change_line(headline(progress), progress.latest is not None),
        flags_of(progress),
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
