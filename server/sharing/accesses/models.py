"""The log of who read what, which the patient can see, and the chain that it hangs on."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from server.foundation.db import Base, UtcDateTime
from server.people.accounts.models import User


class Read(Base):
    """One reading of a patient's timeline by somebody else. `what` is in plain words: "photo", "progress page".

    This is the personal part of an entry. The database refuses to change it; erasing removes it whole, and the
    link of the same id stays.
    """

    __tablename__ = "reads"
    __table_args__ = (Index("ix_reads_timeline_id_at", "timeline_id", "at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    timeline_id: Mapped[str] = mapped_column(ForeignKey("timelines.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    what: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class AccessLink(Base):
    """The place of one reading in its timeline's chain, by `server.sharing.accesses.chain`: random ids and hashes only.

    The database refuses to change or delete it, and to insert one anywhere but at the end. It references no
    other table, so that it outlives what is erased.
    """

    __tablename__ = "access_links"

    timeline_id: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[str] = mapped_column(unique=True)
    hash: Mapped[str]

    read: Mapped[Read | None] = relationship(
        primaryjoin=lambda: foreign(AccessLink.entry_id) == Read.id, viewonly=True, lazy="joined"
    )

    @property
    def at(self) -> datetime | None:
        """When it was read; None once that was erased, as with the next two."""
        return self.read.at if self.read else None

    @property
    def what(self) -> str | None:
        """What was read."""
        return self.read.what if self.read else None

    @property
    def user(self) -> User | None:
        """Who read."""
        return self.read.user if self.read else None
