"""What the dermatologist's list last found in a timeline, so that it reads no visit again, and their marks."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from server.foundation.db import Base


class StoredSummary(Base):
    """One timeline's summary as JSON; it holds for as long as `made_from` names all that it was made from.

    What a list is ordered and searched by stands in columns of its own, so that only summaries that are shown are read.
    """

    __tablename__ = "kept_lines"

    timeline_id: Mapped[str] = mapped_column(ForeignKey("timelines.id"), primary_key=True)
    made_from: Mapped[str]
    line: Mapped[str]
    iga: Mapped[int | None]
    inflammatory: Mapped[int | None]
    trend: Mapped[str]
    flags: Mapped[str]
    """Names of `Flag`, with blanks between."""
    last_visit: Mapped[date | None]


class Mark(Base):
    """What one dermatologist noted of one timeline: as what they saw it last, and until when they need not see it."""

    __tablename__ = "worklist_marks"

    dermatologist_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    timeline_id: Mapped[str] = mapped_column(ForeignKey("timelines.id"), primary_key=True, index=True)
    seen: Mapped[str | None]
    """What the timeline's summary was made from when its page was opened last."""
    snoozed_until: Mapped[date | None]
