"""Who becomes a dermatologist: whom the operator hands a code, which is good once."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Mapped, mapped_column

from server.foundation import clock, db
from server.foundation.db import Base, UtcDateTime
from server.foundation.http.errors import Problem
from server.foundation.ids import code_digest, new_code
from server.foundation.journal.recording import record

INVITATION_DAYS = 7


class StaffInvitation(Base):
    """A code that makes whoever signs up with it a dermatologist; it is deleted when it is used."""

    __tablename__ = "staff_invitations"

    code_sha256: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffCodeRefused(Problem):
    """The code is wrong, used or too old; which, is not told."""

    status = 403
    code = "staff_code_refused"
    detail = "This code is wrong, was used or has expired; ask whoever runs the server for a new one."


def invite_dermatologist() -> tuple[str, datetime]:
    """Return a new code, which is kept nowhere else, and until when it is good."""
    code, expires_at = new_code(groups=4), clock.now() + timedelta(days=INVITATION_DAYS)
    with db.write() as session:
        session.add(StaffInvitation(code_sha256=code_digest(code), expires_at=expires_at))
    return code, expires_at


def use_staff_code(code: str) -> None:
    """Use a code up, inside `db.write`. Raises StaffCodeRefused."""
    invitation = db.session().get(StaffInvitation, code_digest(code))
    if invitation is None or invitation.expires_at <= clock.now():
        raise StaffCodeRefused
    db.session().delete(invitation)
    record("code_used", None, [invitation.code_sha256], table=StaffInvitation.__tablename__)
