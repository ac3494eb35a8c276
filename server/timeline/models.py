"""One patient's timeline and the rows in it.

Every row carries `rev`, the timeline's `seq` when it was last written, and belongs to its timeline by its
primary key: ids are the client's and unique only there. A tombstone is a row with `deleted` set and nothing
else but its id.
"""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from server.foundation import clock
from server.foundation.config import settings
from server.foundation.db import Base, UtcDateTime
from server.people.accounts.models import User

MOST_FRAMES = 9
COURSE_KINDS = ("topical", "oral", "procedure", "other")
STOP_REASONS = ("finished", "no_effect", "side_effect", "too_much_effort", "advice", "pregnancy", "cost")
"""Why a course stopped, in words that every app knows."""


class Timeline(Base):
    """A patient's log of changes: `seq` counts rows written, `epoch` changes when a backup is restored.

    `cut_at` is where the log stood then, as an owner's cursor of the epoch that ended: what came later was lost.
    """

    __tablename__ = "timelines"

    id: Mapped[str] = mapped_column(primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("users.id"), unique=True)
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    epoch: Mapped[int] = mapped_column(default=1)
    cut_at: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stored_bytes: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """How much text its rows hold, in characters."""

    patient: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    def next_rev(self) -> int:
        """Count one more row written and return its `rev`; only under a lock on this row."""
        self.seq += 1
        return self.seq

    def has_room_for(self, more: int) -> bool:
        """Return whether its rows may hold so much more; less than before they always may."""
        return more <= 0 or self.stored_bytes + more <= settings().records_max_bytes


class Row:
    """What every synchronised table has in common; `required` are the columns that only tombstones lack."""

    required: ClassVar[tuple[str, ...]] = ()

    timeline_id: Mapped[str] = mapped_column(ForeignKey("timelines.id"), primary_key=True, sort_order=-6)
    id: Mapped[str] = mapped_column(primary_key=True, sort_order=-5)
    rev: Mapped[int] = mapped_column(BigInteger, sort_order=-4)
    deleted: Mapped[bool] = mapped_column(default=False, sort_order=-3)
    device_id: Mapped[str | None] = mapped_column(sort_order=-2)
    """The device that wrote it last; null when the server did."""

    @declared_attr.directive
    def __table_args__(cls) -> tuple[object, ...]:
        """Return the index that pulls read by, and a check that only tombstones lack a required value."""
        name = cls.__tablename__  # type: ignore[attr-defined]
        index = Index(f"ix_{name}_timeline_id_rev", "timeline_id", "rev", unique=True)
        if not cls.required:
            return (index,)
        needed = " AND ".join(f"{column} IS NOT NULL" for column in cls.required)
        return index, CheckConstraint(f"deleted OR ({needed})", name="complete")


class OfVisit(Row):
    """A row that belongs to a visit and goes when the visit goes.

    It may come before its visit, because clients send each table on its own: until then nobody shows it. So the
    database holds no reference to the visit.
    """

    visit_id: Mapped[str] = mapped_column(nullable=True, sort_order=-1)


class Recorded:
    """A row with the moment that the client says it happened at."""

    recorded_at: Mapped[str] = mapped_column(nullable=True)
    """ISO 8601 with its UTC offset, as the client sent it: data, never an order of writes."""

    @property
    def instant(self) -> datetime:
        """The moment as an aware datetime, still in the client's offset."""
        return datetime.fromisoformat(self.recorded_at)


def _received(context: DefaultExecutionContext) -> datetime | None:
    parameters: dict[str, Any] = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return None if parameters.get("deleted") else clock.now()


class Visit(Recorded, Row, Base):
    """One capture session."""

    __tablename__ = "visits"
    required = ("recorded_at", "guided")

    guided: Mapped[bool] = mapped_column(nullable=True)
    frames: Mapped[int | None]
    """Re-posed frames taken of each view; one where it is null."""
    note: Mapped[str | None]
    amends: Mapped[str | None]
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=_received)
    """When the server first had it; null of a tombstone, and of what came before the server wrote this down."""


class Photo(OfVisit, Base):
    """One photo of a visit; its bytes are in the photo store once `uploaded`.

    `sha256` is that of the bytes as uploaded, before their metadata was removed. `width_px` and `height_px`
    are those of the upright photo, as the boxes of its lesions are.
    """

    __tablename__ = "photos"
    required = ("visit_id", "view", "media_type", "sha256", "width_px", "height_px", "uploaded")

    view: Mapped[str] = mapped_column(nullable=True)
    media_type: Mapped[str] = mapped_column(nullable=True)
    sha256: Mapped[str] = mapped_column(nullable=True)
    width_px: Mapped[int] = mapped_column(nullable=True)
    height_px: Mapped[int] = mapped_column(nullable=True)
    uploaded: Mapped[bool] = mapped_column(nullable=True, default=False)
    kept_anyway: Mapped[bool | None]
    """Whether it was kept although the phone could not judge it: a record for its owner, never counted or compared."""
    amends: Mapped[str | None]


class Spot(OfVisit, Base):
    """A place on a photo that the patient follows because it is, as far as they can tell, no pimple."""

    __tablename__ = "spots"
    required = ("visit_id", "photo_id", "x", "y")

    photo_id: Mapped[str] = mapped_column(nullable=True)
    x: Mapped[float] = mapped_column(nullable=True)
    """From 0, the left edge of the upright photo, to 1."""
    y: Mapped[float] = mapped_column(nullable=True)
    """From 0, its upper edge, to 1."""
    still_there: Mapped[bool | None]
    note: Mapped[str | None]


class Assessment(Recorded, OfVisit, Base):
    """What one model said of one visit; `result` is the assessment as JSON text."""

    __tablename__ = "assessments"
    required = ("visit_id", "recorded_at", "model_id", "model_version", "model_sha256", "result")

    model_id: Mapped[str] = mapped_column(nullable=True)
    model_version: Mapped[str] = mapped_column(nullable=True)
    model_sha256: Mapped[str] = mapped_column(nullable=True)
    result: Mapped[str] = mapped_column(nullable=True)
    amends: Mapped[str | None]


class TreatmentCourse(Row, Base):
    """One treatment from start to stop."""

    __tablename__ = "treatment_courses"
    required = ("name", "kind", "started_on")

    name: Mapped[str] = mapped_column(nullable=True)
    kind: Mapped[str] = mapped_column(nullable=True)
    dose: Mapped[str | None]
    started_on: Mapped[date] = mapped_column(nullable=True)
    stopped_on: Mapped[date | None]
    stop_reason: Mapped[str | None]
    """One of `STOP_REASONS`, which apps say in their reader's language, or the patient's own words."""
    note: Mapped[str | None]
