"""Which versions of a line of models were released, and to how many."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.foundation.db import Base, UtcDateTime


class ModelRelease(Base):
    """What an operator decided of one version; its bundle lies in the model store, or is the built-in one.

    `rollout_percent` of all timelines get it. A `blocked` version is never served again.
    """

    __tablename__ = "model_releases"
    __table_args__ = (CheckConstraint("rollout_percent BETWEEN 0 AND 100", name="percent"),)

    line: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    rollout_percent: Mapped[int]
    blocked: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
