"""What a dermatologist notes of a patient in the list: seen, and not to be shown before a day."""

from datetime import date

from server.foundation import db
from server.people.accounts.models import User
from server.progress.worklist.models import Mark
from server.progress.worklist.stored import sources_of


def note_seen(dermatologist: User, timeline_id: str) -> None:
    """Note that the dermatologist has seen a patient as they are now; what is written later makes them new again."""
    source = sources_of([timeline_id])[timeline_id]
    known = db.session().get(Mark, (dermatologist.id, timeline_id))
    if known is None or known.seen != source:
        with db.write(retry_safe=True):
            _mark(dermatologist, timeline_id).seen = source


def snooze(dermatologist: User, timeline_id: str, until: date | None) -> None:
    """Leave a patient out of the dermatologist's list before `until`; for None no longer."""
    with db.write(retry_safe=True):
        _mark(dermatologist, timeline_id).snoozed_until = until


def _mark(dermatologist: User, timeline_id: str) -> Mark:
    return db.session().merge(Mark(dermatologist_id=dermatologist.id, timeline_id=timeline_id))
