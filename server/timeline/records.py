"""A timeline's visits and courses as they stand.

Tombstones and rows that another row amends are left out; photos and the newest assessment join their visit.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar

from sqlalchemy import select

from server import db
from server.timeline import models
from server.timeline.assessment import Assessment, PhotoReading, read_assessment

_VIEW_ORDER = {view: place for place, view in enumerate(("front", "left", "right"))}


@dataclass(frozen=True)
class PhotoRecord:
    """One photo of a visit, with what the model said of it; sizes are those of the upright photo."""

    id: str
    view: str
    media_type: str
    sha256: str
    width_px: int
    height_px: int
    uploaded: bool
    reading: PhotoReading | None


@dataclass(frozen=True)
class VisitRecord:
    """One capture session. `assessment` is None until a model has assessed it."""

    id: str
    at: datetime
    guided: bool
    note: str | None
    photos: tuple[PhotoRecord, ...]
    assessment: Assessment | None
    assessment_id: str | None = None

    @property
    def day(self) -> date:
        """The patient's own date: the visit's moment keeps the offset it was recorded with."""
        return self.at.date()


@dataclass(frozen=True)
class CourseRecord:
    """One treatment from start to stop; `stopped_on` is None while it goes on."""

    id: str
    name: str
    kind: str
    dose: str | None
    started_on: date
    stopped_on: date | None
    note: str | None

    @property
    def label(self) -> str:
        """Name and dose, as a chart or a sentence calls it."""
        return f"{self.name}, {self.dose}" if self.dose else self.name

    def covers(self, day: date) -> bool:
        """Return whether the course ran on a day, its first and last included."""
        return self.started_on <= day and (self.stopped_on is None or day <= self.stopped_on)


class _Stored(Protocol):
    id: str
    rev: int


StoredT = TypeVar("StoredT", bound=_Stored)


def visits_of(timeline_id: str) -> list[VisitRecord]:
    """Return the timeline's visits, oldest first by the patient's own account."""
    photos: dict[str, list[models.Photo]] = defaultdict(list)
    for photo in _standing(_rows(models.Photo, timeline_id)):
        photos[photo.visit_id].append(photo)
    assessments: dict[str, models.Assessment] = {}
    for assessment in sorted(_standing(_rows(models.Assessment, timeline_id)), key=lambda row: row.rev):
        assessments[assessment.visit_id] = assessment
    visits = [
        _visit(visit, photos[visit.id], assessments.get(visit.id))
        for visit in _standing(_rows(models.Visit, timeline_id))
    ]
    return sorted(visits, key=lambda visit: (visit.at, visit.id))


def courses_of(timeline_id: str) -> list[CourseRecord]:
    """Return the timeline's treatment courses, earliest first."""
    rows = _rows(models.TreatmentCourse, timeline_id)
    courses = [
        CourseRecord(row.id, row.name, row.kind, row.dose, row.started_on, row.stopped_on, row.note) for row in rows
    ]
    return sorted(courses, key=lambda course: (course.started_on, course.name, course.id))


RowT = TypeVar("RowT", bound=models.Row)


def _rows(table: type[RowT], timeline_id: str) -> Sequence[RowT]:
    alive = select(table).where(table.timeline_id == timeline_id, table.deleted.is_(False))
    return db.session().scalars(alive).all()


def _standing(rows: Sequence[StoredT]) -> list[StoredT]:
    """Return the rows that no other row amends."""
    amended = {getattr(row, "amends", None) for row in rows}
    return [row for row in rows if row.id not in amended]


def _visit(visit: models.Visit, photos: Sequence[models.Photo], stored: models.Assessment | None) -> VisitRecord:
    assessment = read_assessment(stored.result) if stored else None
    ordered = sorted(photos, key=lambda photo: (_VIEW_ORDER.get(photo.view, len(_VIEW_ORDER)), photo.id))
    records = tuple(_photo(photo, assessment) for photo in ordered)
    assessment_id = stored.id if stored else None
    return VisitRecord(visit.id, visit.instant, visit.guided, visit.note, records, assessment, assessment_id)


def _photo(photo: models.Photo, assessment: Assessment | None) -> PhotoRecord:
    return PhotoRecord(
        photo.id,
        photo.view,
        photo.media_type,
        photo.sha256,
        photo.width_px,
        photo.height_px,
        photo.uploaded,
        assessment.reading(photo.id, photo.view) if assessment else None,
    )
