"""What the dermatologist's list last found in a timeline, stored so that the list reads no visit again."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from server.foundation.db import Base


class StoredSummary(Base):
    """One timeline's summary as JSON; it holds for as long as `made_from` names all that it was made from."""

    __tablename__ = "kept_lines"

    timeline_id: Mapped[str] = mapped_column(ForeignKey("timelines.id"), primary_key=True)
    made_from: Mapped[str]
    line: Mapped[str]
