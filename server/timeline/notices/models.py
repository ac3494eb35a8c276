"""What the server tells phones of the models that a timeline was assessed by."""

from sqlalchemy.orm import Mapped, mapped_column

from server.foundation.db import Base
from server.timeline.models import Recorded, Row


class ModelNotice(Recorded, Row, Base):
    """The timeline's chart was `switched` to a model, or a model that assessed some of it was `withdrawn`.

    `model_sha256` names the file of the model that the chart shows now, `replaced_version` the version before; both
    are null for a version that was withdrawn, with all of its files.
    """

    __tablename__ = "model_notices"
    required = ("recorded_at", "kind", "model_id", "model_version")

    kind: Mapped[str] = mapped_column(nullable=True)
    model_id: Mapped[str] = mapped_column(nullable=True)
    model_version: Mapped[str] = mapped_column(nullable=True)
    model_sha256: Mapped[str | None]
    replaced_version: Mapped[str | None]
