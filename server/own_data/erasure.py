"""Erasing an account: the key of the photos at once, then every row, then the bytes.

A patient's timeline goes with everything in it. With a guardian go their consents, and the sharing that rested on them.
What is in somebody else's timeline is that patient's, so of a dermatologist what they wrote and read stays, under their
name; how to reach them and how they sign in goes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select

from server.foundation import clock, db
from server.foundation.config import settings
from server.foundation.journal.recording import journal, record
from server.foundation.journal.replaying import replays
from server.foundation.keys.errors import EncryptionError, KeyLost, KeyShredded
from server.foundation.keys.keys import key_ring
from server.guardianship.sharing import end_unconsented
from server.guardianship.wards import guardianships_of
from server.own_data.ownership import belonging_to, timelines_of
from server.people.accounts.models import User
from server.people.credentials.password import require_password
from server.people.guardians.models import Guardianship
from server.photos.storing import discard_timeline
from server.sharing.grants.granting import end
from server.sharing.grants.models import Grant
from server.timeline.lock import locked
from server.timeline.models import Timeline

CLOSED_PASSWORD = "closed"
"""No password has this hash."""

IN_THE_JOURNAL = "Random numbers by which a restored backup knows what was erased."
STAYS = {
    "patient": ("The hashes of your access log: random numbers that say nothing of you.", IN_THE_JOURNAL),
    "guardian": (IN_THE_JOURNAL,),
    "dermatologist": (
        "Your name, in the access logs, notes and grants of patients who shared with you: these are theirs.",
        IN_THE_JOURNAL,
    ),
}


@dataclass(frozen=True)
class Erased:
    """What the person is told: until which day backups still hold rows, and what stays for good."""

    erased_at: datetime
    backups_until: date
    stays: Sequence[str]


def what_happens(user: User) -> Erased:
    """Return what the account's owner would be told if they erased it now."""
    now = clock.now()
    until = (now + timedelta(days=settings().backup_retention_days)).date()
    return Erased(now, until, STAYS[user.role])


def erase_account(user: User, password: str, confirmed_by: User | None = None) -> Erased:
    """Erase the account of `user`; they, or the guardian who may, confirm it with their own password.

    The journal knows first: once it does, a server that is killed half-way goes on when it starts again.

    Raises:
        WrongPassword: nothing was erased.
    """
    require_password(confirmed_by or user, password)
    erased = what_happens(user)
    for timeline_id in timelines_of(user.id) or [""]:
        record("erased", timeline_id, [user.id])
    _finish(user.id)
    return erased


@replays("erased")
def finish_erasures() -> int:
    """Erase what the journal says was erased and is still, or again, there; return how many accounts that were.

    Run when a process starts, and on a restored database: neither a crash, nor an old backup of the database or of
    the keys, brings anybody back.
    """
    unfinished = 0
    for entry in journal().of("erased"):
        if entry.timeline_id and _has_key(entry.timeline_id):
            key_ring().shred(entry.timeline_id)
        user = db.session().get(User, entry.id)
        if user is not None and user.closed_at is None:
            _finish(user.id)
            unfinished += 1
    journal().forget_erased()
    leave_nothing_behind()  # Of an erasure, too, that was killed just before it did.
    return unfinished


def _finish(user_id: str) -> None:
    timelines = timelines_of(user_id)
    for timeline_id in timelines:
        key_ring().shred(timeline_id)
    with db.write(under_lock=True) as session:
        for timeline_id in sorted([*timelines_of(user_id), *_consented_by(user_id)]):
            locked(timeline_id)
        user = session.get(User, user_id, with_for_update=True, populate_existing=True)
        if user is None:
            return  # Another process was faster.
        if user.role == "dermatologist":
            _close(user)
        else:
            children = [each.child for each in guardianships_of(user) if each.guardian_id == user_id]
            for table, condition in reversed(belonging_to(user, timelines).items()):
                session.execute(delete(table).where(condition))
            end_unconsented(children)
        session.flush()
        session.expunge_all()
    journal().forget_erased()
    for timeline_id in timelines:
        discard_timeline(timeline_id)
    leave_nothing_behind()


def leave_nothing_behind() -> None:
    """Take what was deleted out of the files that SQLite writes ahead; PostgreSQL's own are recycled in time."""
    db.release()
    for engine in (db.engine(), journal().engine):
        db.truncate_log(engine)


def _consented_by(guardian_id: str) -> list[str]:
    """Return the timelines that are stored by this guardian's consent."""
    children = select(Guardianship.child_id).filter_by(guardian_id=guardian_id)
    return list(db.session().scalars(select(Timeline.id).where(Timeline.patient_id.in_(children))))


def closed_email(user_id: str) -> str:
    """Return what stands where the e-mail of a closed account was: nobody's, for there is no @ in it."""
    return f"closed-{user_id}"


def _has_key(timeline_id: str) -> bool:
    try:
        key_ring().existing_key_of(timeline_id)
    except (KeyShredded, KeyLost):
        return False
    except EncryptionError:
        return True
    return True


def _close(user: User) -> None:
    """Delete the rows of `user` that are in no timeline, end their grants, and keep their name alone."""
    session = db.session()
    for grant in session.scalars(select(Grant).filter_by(dermatologist_id=user.id, revoked_at=None)).all():
        end(grant, left=True)
    for table, condition in reversed(belonging_to(user, []).items()):
        if "timeline_id" not in table.c and table.name != User.__tablename__:
            session.execute(delete(table).where(condition))
    user.email, user.password_hash, user.closed_at = closed_email(user.id), CLOSED_PASSWORD, clock.now()
