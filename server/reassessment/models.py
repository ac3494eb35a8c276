"""The visits that are assessed again by a model: what waits, what is done, and what could not be."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from server.foundation.db import Base

STATES = ("waiting", "done", "refused")


class Reassessment(Base):
    """One visit to assess again: the row that comes of it has the id `assessment_id`.

    That id names the visit, its photos and the model, so that doing it twice makes one row. `reason` is the
    code of the error for which a visit was refused.
    """

    __tablename__ = "reassessments"
    __table_args__ = (CheckConstraint(f"state IN {STATES}", name="state"),)

    timeline_id: Mapped[str] = mapped_column(ForeignKey("timelines.id"), primary_key=True)
    assessment_id: Mapped[str] = mapped_column(primary_key=True)
    visit_id: Mapped[str]
    model_version: Mapped[str]
    model_sha256: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting", index=True)
    reason: Mapped[str | None]
