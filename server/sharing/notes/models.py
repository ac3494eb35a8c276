"""What dermatologists write to a patient's timeline."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from server.foundation.db import Base
from server.timeline.models import Recorded, Row


class ClinicianNote(Recorded, Row, Base):
    """One note: part of the patient's records, seen by the patient and by everybody they share records with.

    It is never changed; its author amends it by a new note that names it. `author` is their name at that time.
    """

    __tablename__ = "clinician_notes"
    required = ("author_id", "author", "recorded_at", "text")

    author_id: Mapped[str] = mapped_column(ForeignKey("users.id"), nullable=True)
    author: Mapped[str] = mapped_column(nullable=True)
    text: Mapped[str] = mapped_column(nullable=True)
    amends: Mapped[str | None]
