"""A timeline's visits and courses as they stand.

Tombstones and rows that another row amends are left out; photos and one assessment join their visit, or what amends
it: the assessment of the model that the timeline's chart shows, otherwise the newest that a phone made.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.sql.base import ExecutableOption

from mobile_models.zones import VIEWS
from server.foundation import clock, db
from server.timeline import models
from server.timeline.amendments import Versions
from server.timeline.assessment import Assessment, Model, PhotoReading, read_assessment
from server.timeline.charted import SERVER_MADE, charted_model
from server.timeline.dates import doubted

RowT = TypeVar("RowT", bound=models.Row)
OfVisitT = TypeVar("OfVisitT", bound=models.OfVisit)

KEPT_ANYWAY = "A photo of it was kept although the phone could not judge it."
"""Why such a visit is a record for the patient and no more, whatever was counted on it."""

_VIEW_ORDER = {view: place for place, view in enumerate(VIEWS)}


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
    kept_anyway: bool
    reading: PhotoReading | None


@dataclass(frozen=True)
class VisitRecord:
    """One capture session.

    `assessment` is None until a model has assessed it, and where what it says is no result or a photo was kept that the
    phone could not judge: `unavailable` then says why the visit cannot be judged, so that nothing counts, grades or
    compares it.
    """

    id: str
    at: datetime
    guided: bool
    note: str | None
    photos: tuple[PhotoRecord, ...]
    assessment: Assessment | None
    assessment_id: str | None = None
    unavailable: str | None = None
    date_doubted: bool = False
    """Whether the patient has to check its date before it counts for anything."""

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
    stop_reason: str | None = None
    """One of `STOP_REASONS`, or the patient's own words."""

    @property
    def label(self) -> str:
        """Name and dose, as a chart or a sentence calls it."""
        return f"{self.name}, {self.dose}" if self.dose else self.name

    def covers(self, day: date) -> bool:
        """Return whether the course ran on a day, its first and last included."""
        return self.started_on <= day and (self.stopped_on is None or day <= self.stopped_on)


def visits_of(timeline_id: str) -> list[VisitRecord]:
    """Return the timeline's visits, oldest first by the patient's own account, those with a doubted date among them."""
    photos, assessments = by_visit(models.Photo, timeline_id), by_visit(models.Assessment, timeline_id)
    charted = charted_model(timeline_id)
    account_made, now = db.session().get_one(models.Timeline, timeline_id).created_at, clock.now()
    versions = {visit.id: visit for visit in _alive(models.Visit, timeline_id)}
    visits = [
        _visit(
            visit,
            photos[visit.id],
            _shown(assessments[visit.id], charted),
            doubted(visit, versions, account_made, now),
        )
        for visit in standing(models.Visit, timeline_id)
    ]
    return sorted(visits, key=lambda visit: (visit.at, visit.id))


def courses_of(timeline_id: str) -> list[CourseRecord]:
    """Return the timeline's treatment courses, earliest first."""
    rows = _alive(models.TreatmentCourse, timeline_id)
    courses = [
        CourseRecord(row.id, row.name, row.kind, row.dose, row.started_on, row.stopped_on, row.note, row.stop_reason)
        for row in rows
    ]
    return sorted(courses, key=lambda course: (course.started_on, course.name, course.id))


def standing(table: type[RowT], timeline_id: str, *options: ExecutableOption) -> list[RowT]:
    """Return the rows that are neither deleted nor amended by another, in the order they were written.

    Of several that amend one row the last written stands.
    """
    rows = _alive(table, timeline_id, *options)
    amended = Versions((row.id, amends) for row in rows if (amends := getattr(row, "amends", None)))
    stands = amended.standing()
    return [row for row in rows if stands.get(row.id, row.id) == row.id]


def by_visit(table: type[OfVisitT], timeline_id: str, *options: ExecutableOption) -> defaultdict[str, list[OfVisitT]]:
    """Return the standing rows by the id of the visit that stands for theirs, in the order they were written."""
    visits = models.Visit
    amending = select(visits.id, visits.amends).where(visits.timeline_id == timeline_id, visits.amends.is_not(None))
    written = db.session().execute(amending.order_by(visits.rev)).all()
    stands = Versions((visit_id, amends) for visit_id, amends in written if amends).standing()
    rows_by_visit: defaultdict[str, list[OfVisitT]] = defaultdict(list)
    for row in standing(table, timeline_id, *options):
        rows_by_visit[stands.get(row.visit_id, row.visit_id)].append(row)
    return rows_by_visit


def _alive(table: type[RowT], timeline_id: str, *options: ExecutableOption) -> Sequence[RowT]:
    alive = select(table).where(table.timeline_id == timeline_id, table.deleted.is_(False)).options(*options)
    return db.session().scalars(alive.order_by(table.rev)).all()


def _shown(assessments: Sequence[models.Assessment], charted: Model | None) -> models.Assessment | None:
    """Return which of a visit's assessments, oldest write first, is shown."""
    by_charted = [
        each for each in assessments if charted == Model(each.model_id, each.model_version, each.model_sha256)
    ]
    by_phones = [each for each in assessments if not each.id.startswith(SERVER_MADE)]
    return next((some[-1] for some in (by_charted, by_phones, assessments) if some), None)


def _visit(
    visit: models.Visit, photos: Sequence[models.Photo], stored: models.Assessment | None, date_doubted: bool
) -> VisitRecord:
    read = read_assessment(stored.result) if stored else None
    kept_anyway = any(photo.kept_anyway for photo in photos)
    unavailable = KEPT_ANYWAY if kept_anyway else read.unavailable if read else None
    assessment = None if unavailable else read
    ordered = sorted(photos, key=lambda photo: (_VIEW_ORDER.get(photo.view, len(_VIEW_ORDER)), photo.id))
    records = tuple(_photo(photo, read, drawn=not unavailable) for photo in ordered)
    assessment_id = stored.id if stored else None
    return VisitRecord(
        visit.id,
        visit.instant,
        visit.guided,
        visit.note,
        records,
        assessment,
        assessment_id,
        unavailable,
        date_doubted,
    )


def _photo(photo: models.Photo, assessment: Assessment | None, drawn: bool) -> PhotoRecord:
    reading = assessment.reading(photo.id, photo.view) if assessment else None
    if reading and not drawn:
        reading = replace(reading, lesions=())
    return PhotoRecord(
        photo.id,
        photo.view,
        photo.media_type,
        photo.sha256,
        photo.width_px,
        photo.height_px,
        photo.uploaded,
        bool(photo.kept_anyway),
        reading,
    )
