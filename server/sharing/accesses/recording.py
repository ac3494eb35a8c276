"""Recording what clinicians and guardians read, and showing it to the patient."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.foundation import clock, db
from server.foundation.ids import new_id
from server.people.accounts.models import User
from server.sharing.accesses.chain import Head, next_link
from server.sharing.accesses.models import AccessLink, Read
from server.sharing.grants.access import require_owner


@dataclass(frozen=True)
class Log:
    """Some entries of a timeline's access log, and the head of all of it."""

    accesses: Sequence[AccessLink]
    access_log: Head


def record_read(user: User, timeline_id: str, what: str) -> None:
    """Write down that `user` reads `what` of the timeline, unless they are a patient, who reads their own.

    Call it before handing anything out: what cannot be recorded is not read.
    """
    record_reads(user, [timeline_id], what)


def record_reads(user: User, timeline_ids: Iterable[str], what: str) -> None:
    """Write down that `user` reads `what` of several timelines, all in one transaction."""
    if user.role == "patient":
        return
    with db.write(under_lock=True) as session:
        for timeline_id in sorted(timeline_ids):  # In one order, so that two readers never wait for each other.
            _append(session, user.id, timeline_id, what)


def record_daily(user: User, timeline_ids: Iterable[str], what: str) -> None:
    """Write down once a day that `user` asks for `what`, which their app does all day long."""
    if user.role == "patient":
        return
    day = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(Read.timeline_id).where(Read.user_id == user.id, Read.what == what, Read.at >= day)
    if missing := set(timeline_ids).difference(db.session().scalars(query)):
        record_reads(user, missing, what)


def last_look(user: User, timeline_id: str) -> datetime | None:
    """Return when `user` last read the timeline on a day before today; None for a patient, and where they never did."""
    day = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    reads = select(func.max(Read.at)).where(Read.timeline_id == timeline_id, Read.user_id == user.id, Read.at < day)
    return db.session().scalar(reads)


def head_of(timeline_id: str) -> Head:
    """Return the head of a timeline's access log."""
    newest = select(AccessLink.n, AccessLink.hash).filter_by(timeline_id=timeline_id)
    row = db.session().execute(newest.order_by(AccessLink.n.desc()).limit(1)).first()
    return Head(*row) if row else Head()


def reads_of(patient: User, timeline_id: str, limit: int, before: int | None = None, after: int | None = None) -> Log:
    """Return who read the patient's timeline: the newest first, or the oldest first where `after` is given.

    At most `limit` entries, of those below `before` or above `after` in the chain.
    """
    timeline = require_owner(patient, timeline_id)
    links = select(AccessLink).filter_by(timeline_id=timeline.id).limit(limit)
    if before is not None:
        links = links.where(AccessLink.n < before)
    if after is not None:
        links = links.where(AccessLink.n > after)
    order = AccessLink.n.desc() if after is None else AccessLink.n
    return Log(db.session().scalars(links.order_by(order)).all(), head_of(timeline.id))


def _append(session: Session, user_id: str, timeline_id: str, what: str) -> None:
    _lock_log(session, timeline_id)
    link = next_link(timeline_id, head_of(timeline_id), new_id())
    session.add(AccessLink(timeline_id=timeline_id, n=link.n, entry_id=link.entry_id, hash=link.hash))
    session.flush()
    session.add(Read(id=link.entry_id, timeline_id=timeline_id, user_id=user_id, what=what, at=clock.now()))


def _lock_log(session: Session, timeline_id: str) -> None:
    """Let nobody else append to the log until the transaction ends; phones push meanwhile.

    On SQLite `db.write` has locked the whole file already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(timeline_id, 0))))
