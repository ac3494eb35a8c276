"""Which model a timeline's chart shows, once its photos here were assessed again by one.

Until a new model has assessed all that it can, the chart shows the old one throughout; then it switches at once.
"""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from server.foundation import db
from server.foundation.db import Base
from server.timeline.assessment import Model

SERVER_MADE = "server-"
"""What the ids of assessments begin with that this server made, and keep when a client posts them again."""


class ChartedModel(Base):
    """The model that a timeline's chart was switched to."""

    __tablename__ = "charted_models"

    timeline_id: Mapped[str] = mapped_column(ForeignKey("timelines.id"), primary_key=True)
    model_id: Mapped[str]
    model_version: Mapped[str]
    model_sha256: Mapped[str]


def charted_model(timeline_id: str) -> Model | None:
    """Return the model that the timeline's chart was switched to, None where that never happened."""
    row = db.session().get(ChartedModel, timeline_id)
    return None if row is None else Model(row.model_id, row.model_version, row.model_sha256)


def switch_chart(timeline_id: str, model: Model) -> None:
    """Show a timeline by another model from now on; only inside `db.write`."""
    row = ChartedModel(
        timeline_id=timeline_id, model_id=model.id, model_version=model.version, model_sha256=model.sha256
    )
    db.session().merge(row)
