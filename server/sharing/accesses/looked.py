"""The access log in plain words: one sentence for all that one person did of a kind on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.sharing.accesses.models import AccessLink

DID = {
    "timeline": "got your records in their app",
    "photo": "looked at your photos",
    "progress page": "looked at your progress",
    "visit page": "looked at a visit of yours",
    "report": "opened your report",
    "FHIR export": "exported your records (FHIR)",
    "copy": "took a copy of your records",
    "list of timelines": "looked in their app who shares with them",
    "news": "asked whether there is something new",
    "list of patients": "saw your latest figures in their list",
}
"""What a patient is told for each `what` that is recorded."""


@dataclass(frozen=True)
class Looked:
    """What somebody did on one day (UTC), `times` over, the last time `at`; all None where that was erased."""

    name: str | None
    did: str | None
    at: datetime | None
    times: int


def by_day(entries: Sequence[AccessLink]) -> list[Looked]:
    """Return the entries, newest first, those of one person, kind and day as one."""
    same: dict[tuple[str | None, str | None, date | None], list[AccessLink]] = {}
    for entry in entries:
        person = entry.user.id if entry.user else None
        same.setdefault((person, entry.what, entry.at.date() if entry.at else None), []).append(entry)
    return [_together(each) for each in same.values()]


def _together(entries: Sequence[AccessLink]) -> Looked:
    last = entries[0]
    if last.user is None or last.what is None:
        return Looked(None, None, None, len(entries))
    return Looked(last.user.name, DID.get(last.what, last.what), last.at, len(entries))
