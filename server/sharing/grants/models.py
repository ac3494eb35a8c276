"""Grants: what a patient lets a dermatologist see, and for how long."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.foundation.db import Base, UtcDateTime
from server.people.accounts.models import User
from server.timeline.models import Row, Timeline

SCOPES = ("records", "photos")
"""`records`: all rows but those of photos, clinicians' notes too. `photos`: these and the photos."""


class Grant(Row, Base):
    """One dermatologist's right to read one timeline, from `starts_at` until it ends, is revoked or left.

    It is a row of the log, so that the patient's phones know offline who may see what. `epoch` rises when the scope
    changes or the grant is to end earlier, so that the dermatologist's devices pull everything again, and that a
    backup that is restored shows which terms it does not know of.
    """

    __tablename__ = "grants"
    required = ("dermatologist_id", "dermatologist_name", "scope", "starts_at")

    dermatologist_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    dermatologist_name: Mapped[str]
    """Their name when the row was written."""
    scope: Mapped[str]
    epoch: Mapped[int] = mapped_column(default=0)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left: Mapped[bool] = mapped_column(default=False)
    """Whether it was the dermatologist who ended it."""

    dermatologist: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    timeline: Mapped[Timeline] = relationship(lazy="joined", innerjoin=True)

    @property
    def wire_epoch(self) -> int:
        """The epoch of the dermatologist's cursors."""
        return self.timeline.epoch + self.epoch

    def active(self, now: datetime) -> bool:
        """Return whether the grant holds at `now`."""
        ended = self.ends_at is not None and self.ends_at <= now
        return self.revoked_at is None and self.starts_at <= now and not ended


class Invitation(Base):
    """A code that a patient hands to a dermatologist, who turns it into a grant once."""

    __tablename__ = "invitations"
    __table_args__ = (CheckConstraint("scope IN ('records', 'photos')", name="scope"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    timeline_id: Mapped[str] = mapped_column(ForeignKey("timelines.id"), index=True)
    scope: Mapped[str]
    code_sha256: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    grant_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    redeemed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def waits(self, now: datetime) -> bool:
        """Return whether the code still works at `now`."""
        return self.redeemed_at is None and now < self.expires_at
