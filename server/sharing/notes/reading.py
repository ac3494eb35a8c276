"""The notes of a timeline as they stand, each with what it said before."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from server.foundation import db
from server.sharing.notes.models import ClinicianNote


@dataclass(frozen=True)
class Note:
    """A note in its latest version; `earlier` are those that it amends, the newest first."""

    id: str
    author_id: str
    author: str
    at: datetime
    text: str
    earlier: tuple[ClinicianNote, ...]


def notes_of(timeline_id: str) -> list[Note]:
    """Return the timeline's notes, newest first."""
    rows = select(ClinicianNote).filter_by(timeline_id=timeline_id, deleted=False).order_by(ClinicianNote.rev.desc())
    notes = {row.id: row for row in db.session().scalars(rows)}
    amended = {row.amends for row in notes.values()}
    return [
        Note(row.id, row.author_id, row.author, row.instant, row.text, _earlier(row, notes))
        for row in notes.values()
        if row.id not in amended
    ]


def _earlier(row: ClinicianNote, notes: dict[str, ClinicianNote]) -> tuple[ClinicianNote, ...]:
    earlier = []
    while row.amends in notes:
        row = notes[row.amends]
        earlier.append(row)
    return tuple(earlier)
