"""One patient's progress: every visit, the visit it is held against, and what may be said of the series."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.foundation.http.errors import Problem
from server.progress.following import Followed, follow_visits
from server.progress.records import CourseRecord, VisitRecord, courses_of, visits_of
from server.timeline.assessment import Model
from server.timeline.charted import charted_model
from server.timeline.models import Timeline


class VisitUnknown(Problem):
    """The timeline has no such visit, or, where a baseline was asked for, it is not assessed."""

    status = 404
    code = "visit_unknown"
    detail = "This timeline has no such visit; go back to the timeline and choose one there."


@dataclass(frozen=True)
class Progress:
    """What a progress page, a report or a list says of one timeline; visits are oldest first."""

    timeline_id: str
    patient_name: str
    visits: tuple[VisitRecord, ...]
    courses: tuple[CourseRecord, ...]
    baseline: VisitRecord | None
    followed: Followed
    """What may be said of the assessed visits as a series."""
    doubted: tuple[VisitRecord, ...] = ()
    """Visits whose date has to be checked: they are neither latest nor baseline, and in no verdict."""
    model: Model | None = None
    """The model whose counts make the chart's line; visits that another assessed stand apart from it."""

    @property
    def assessed(self) -> list[VisitRecord]:
        """The visits that a model has assessed."""
        return [visit for visit in self.visits if visit.assessment]

    def apart(self, visit: VisitRecord) -> bool:
        """Return whether another model than the chart's assessed a visit, so that it is compared with an allowance."""
        return visit.assessment is not None and visit.assessment.model != self.model

    @property
    def latest(self) -> VisitRecord | None:
        """The last assessed visit."""
        return self.assessed[-1] if self.assessed else None

    @property
    def weeks(self) -> int:
        """Whole weeks from the first visit to the last; by the moments, for dates run back across the date line."""
        return (self.visits[-1].at - self.visits[0].at) // timedelta(weeks=1) if self.visits else 0

    def week_of(self, visit: VisitRecord) -> int:
        """Return the week of a visit, counted from the first assessed visit as the chart's axis is."""
        return round((visit.at - self.assessed[0].at) / timedelta(weeks=1)) if self.assessed else 0

    def courses_on(self, day: date) -> list[CourseRecord]:
        """Return the treatment courses that ran on a day, their last one included."""
        return [course for course in self.courses if course.covers(day)]

    def visit(self, visit_id: str) -> VisitRecord:
        """Return a visit by its id. Raises VisitUnknown."""
        named = next((visit for visit in (*self.visits, *self.doubted) if visit.id == visit_id), None)
        if named is None:
            raise VisitUnknown
        return named


def progress_of(timeline: Timeline, baseline_id: str | None = None, looked: datetime | None = None) -> Progress:
    """Return the progress along a timeline; `looked` is when the reader last looked.

    The baseline is the visit named, otherwise the first that the latest one can be compared with, otherwise
    the first that was assessed. Raises VisitUnknown for a baseline that is no assessed visit of the timeline.
    """
    every_visit = visits_of(timeline.id)
    visits = [visit for visit in every_visit if not visit.date_doubted]
    assessed = [visit for visit in visits if visit.assessment]
    if baseline_id is not None and baseline_id not in {visit.id for visit in assessed}:
        raise VisitUnknown
    baseline = _baseline(assessed, baseline_id)
    courses = courses_of(timeline.id)
    chosen = baseline if baseline_id is not None else None
    return Progress(
        timeline.id,
        timeline.patient.name,
        tuple(visits),
        tuple(courses),
        baseline,
        follow_visits(assessed, courses, looked, chosen),
        tuple(visit for visit in every_visit if visit.date_doubted),
        _model(assessed, charted_model(timeline.id)),
    )


def _baseline(assessed: Sequence[VisitRecord], baseline_id: str | None) -> VisitRecord | None:
    if baseline_id is not None or not assessed:
        return next((visit for visit in assessed if visit.id == baseline_id), None)
    alike = of_one_model(assessed, assessed[-1])
    return alike[0] if len(alike) > 1 else assessed[0]


def _model(assessed: Sequence[VisitRecord], charted: Model | None) -> Model | None:
    """Return the model that the chart was switched to, or, before any switch, the latest visit's."""
    models = [visit.assessment.model for visit in assessed if visit.assessment]
    return charted if charted in models else models[-1] if models else None


def of_one_model(assessed: Sequence[VisitRecord], visit: VisitRecord) -> list[VisitRecord]:
    """Return the visits that the model of `visit` assessed."""
    return [
        each
        for each in assessed
        if each.assessment and visit.assessment and each.assessment.model == visit.assessment.model
    ]
