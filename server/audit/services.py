"""Recording what clinicians read, and showing it to the patient."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from server import clock, db
from server.accounts.models import User
from server.audit.models import Read
from server.ids import new_id
from server.sharing.services import require_owner


def record_read(user: User, timeline_id: str, what: str) -> None:
    """Write down that `user` reads `what` of the timeline; patients reading their own are not.

    Call it before handing anything out: what cannot be recorded is not read.
    """
    if user.role == "patient":
        return
    with db.write() as session:
        session.add(Read(id=new_id(), timeline_id=timeline_id, user_id=user.id, what=what, at=clock.now()))


def reads_of(patient: User, timeline_id: str, before: datetime | None, limit: int) -> Sequence[Read]:
    """Return who read the patient's timeline, newest first, at most `limit`, only those before `before`."""
    timeline = require_owner(patient, timeline_id)
    query = select(Read).filter_by(timeline_id=timeline.id).order_by(Read.at.desc(), Read.id).limit(limit)
    return db.session().scalars(query if before is None else query.where(Read.at < before)).all()
