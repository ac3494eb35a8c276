"""A dermatologist writes a note: a row of the log that phones pull and never write."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.foundation import clock, db
from server.foundation.http.errors import Problem
from server.foundation.ids import new_id
from server.people.accounts.models import User
from server.people.credentials.tokens import require_still_signed_in
from server.sharing.grants.access import Access, require_access
from server.sharing.notes.models import ClinicianNote
from server.timeline.lock import locked


class ClinicianOnly(Problem):
    """The caller is no dermatologist of this patient."""

    status = 403
    code = "clinician_only"
    detail = "Only a dermatologist with whom the timeline is shared writes notes; your own go with a visit."


class NoteUnknown(Problem):
    """The timeline has no such note."""

    status = 404
    code = "note_unknown"
    detail = "This timeline has no such note; pull, and name one that it has."


class NoteOfAnother(Problem):
    """Somebody else wrote the note."""

    status = 403
    code = "note_of_another"
    detail = "Only its author amends a note; write a note of your own."


class NoteAmended(Problem):
    """The note was amended already."""

    status = 409
    code = "note_amended"
    detail = "This note was amended already; pull, and amend the newest."


class NoteDiffers(Problem):
    """The id is of another note."""

    status = 409
    code = "immutable"
    detail = "A note with this id and other content exists; use a new id, and amend a note by naming it."


class StorageFull(Problem):
    """The patient's records are as long as they may be."""

    status = 507
    code = "storage_full"
    detail = "These records are as long as one person's may be here; ask whoever runs the server."


def write_note(
    author: User, timeline_id: str, text: str, amends: str | None = None, id: str | None = None
) -> ClinicianNote:
    """Write a note, or the amendment of an earlier one by the same author; the same id and content again is one note.

    Raises:
        ClinicianOnly: the timeline is `author`'s own; else as `require_access`.
        NoteUnknown, NoteOfAnother, NoteAmended: there is no such note to amend.
        NoteDiffers: the id is taken.
        StorageFull: there is no room for it.
    """
    _require_grant(author, timeline_id)
    with db.write(under_lock=True) as session:
        timeline = locked(timeline_id)
        require_still_signed_in()
        _require_grant(author, timeline_id)
        note = ClinicianNote(
            timeline_id=timeline_id,
            id=id or new_id(),
            author_id=author.id,
            author=author.name,
            recorded_at=clock.now().isoformat(timespec="seconds"),
            text=text.strip(),
            amends=amends,
        )
        if (there := session.get(ClinicianNote, (timeline_id, note.id))) is not None:
            return _same(there, note)
        if amends is not None:
            _check_amended(session, note, amends)
        if not timeline.has_room_for(len(note.text)):
            raise StorageFull
        timeline.stored_bytes += len(note.text)
        note.rev = timeline.next_rev()
        session.add(note)
    return note


def _require_grant(author: User, timeline_id: str) -> Access:
    access = require_access(author, timeline_id)
    if access.role != "dermatologist":
        raise ClinicianOnly
    return access


def _same(there: ClinicianNote, note: ClinicianNote) -> ClinicianNote:
    if (there.author_id, there.text, there.amends) != (note.author_id, note.text, note.amends):
        raise NoteDiffers
    return there


def _check_amended(session: Session, note: ClinicianNote, amends: str) -> None:
    old = session.get(ClinicianNote, (note.timeline_id, amends))
    if old is None or old.deleted:
        raise NoteUnknown
    if old.author_id != note.author_id:
        raise NoteOfAnother
    if session.scalar(select(ClinicianNote.id).filter_by(timeline_id=note.timeline_id, amends=amends)):
        raise NoteAmended
