"""The log of who read what, which the patient can see."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.accounts.models import User
from server.db import Base, UtcDateTime


class Read(Base):
    """One reading of a patient's timeline by somebody else. `what` is in plain words: "photo", "chart"."""

    __tablename__ = "reads"
    __table_args__ = (Index("ix_reads_timeline_id_at", "timeline_id", "at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    timeline_id: Mapped[str] = mapped_column(ForeignKey("timelines.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    what: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
