"""A timeline's visits as one series, and what may be said of it by the rules that every phone holds too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from mobile_models.series.comparable import Assessed, compare
from mobile_models.series.constants import Constants
from mobile_models.series.errors import SeriesInvalid
from mobile_models.series.outlook import Outlook, is_active, outlook
from mobile_models.series.showing import fall_that_would_show
from mobile_models.series.verdict import Told, tell
from mobile_models.series.visits import MOST_CHANGES, MOST_VISITS, Course, Visit, changes_of
from server.progress.records import CourseRecord, VisitRecord
from server.progress.released import area_shares_of, constants_of

NO_NUMBERS = "the numbers of the model that assessed them are not known here"
TOO_FEW = "one visit is compared with none"


@dataclass(frozen=True)
class Followed:
    """What is said of a timeline at its latest visit that can be compared, or why nothing is.

    Attributes:
        visits: those compared, oldest first; `told.states` has one state each.
        courses: the timeline's.
        told: what may be said; None where `unavailable` says why not.
        zones: the zones that are compared.
        left_out: why other assessed visits are not compared, by their ids.
        would_show: the fall, per cent, that would show, and by which visit.
        outlook: of the latest course that has one.
    """

    visits: tuple[VisitRecord, ...] = ()
    courses: tuple[CourseRecord, ...] = ()
    told: Told | None = None
    zones: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    would_show: tuple[int, int] | None = None
    outlook: Outlook | None = None
    constants: Constants | None = None
    unavailable: str | None = None

    @property
    def latest(self) -> VisitRecord:
        """The latest visit that is compared."""
        return self.visits[-1]

    def at(self, week: float) -> VisitRecord:
        """Return the visit of a week of the series."""
        assert self.told is not None
        weeks = [state.week for state in self.told.states]
        return self.visits[weeks.index(week)]

    def day(self, week: float) -> date:
        """Return the day of a week of the series, which need not be a visit's."""
        return (_midnight(self.visits[0]) + timedelta(weeks=week)).date()


def follow_visits(
    assessed: Sequence[VisitRecord],
    courses: Sequence[CourseRecord],
    looked: datetime | None = None,
    chosen: VisitRecord | None = None,
) -> Followed:
    """Follow the assessed visits of a timeline.

    Args:
        assessed: oldest first, their dates not doubted.
        courses: treatments as the patient recorded them.
        looked: when the reader last looked.
        chosen: a visit that the reader wants compared.
    """
    if not assessed or assessed[-1].assessment is None:
        return Followed(unavailable="no visit is assessed")
    model = assessed[-1].assessment.model
    constants, shares = constants_of(model), area_shares_of(model)
    if constants is None or shares is None:
        return Followed(courses=tuple(courses), unavailable=NO_NUMBERS)
    moments = {visit.at: visit for visit in assessed}  # Of two visits of one moment the later written stands.
    latest = list(moments.values())[-MOST_VISITS:]
    weeks = {_week(latest[0], visit.at): visit for visit in latest}
    compared = compare(
        [Assessed.of(week, visit.assessment.stored) for week, visit in weeks.items() if visit.assessment],
        shares,
        constants,
    )
    left_out = {weeks[week].id: why for week, why in compared.left_out.items()}
    visits = tuple(weeks[visit.week] for visit in compared.visits)
    if not visits:
        return Followed(courses=tuple(courses), left_out=left_out, unavailable=next(iter(left_out.values())))
    try:
        changes = changes_of(_course(latest[0], course) for course in courses)[-MOST_CHANGES:]
        told = tell(
            compared.visits,
            changes,
            compared.breaks,
            constants=constants,
            looked=_week(latest[0], looked) if looked else None,
            chosen=_week(latest[0], chosen.at) if chosen else None,
        )
    except SeriesInvalid as wrong:
        return Followed(visits, tuple(courses), left_out=left_out, unavailable=str(wrong))
    return Followed(
        visits,
        tuple(courses),
        told,
        compared.zones,
        left_out,
        fall_that_would_show(compared.visits, changes, constants=constants),
        _outlook(latest[0], compared.visits, courses, constants),
        constants,
    )


def _outlook(
    first: VisitRecord, visits: Sequence[Visit], courses: Sequence[CourseRecord], constants: Constants
) -> Outlook | None:
    """The outlook of the latest course, where it goes on and no other that may flare goes on beside it."""
    going = [course for course in courses if course.stopped_on is None]
    activity = [is_active(course.name) for course in going]
    if not going or None in activity:
        return None
    start = max(_course(first, course).start for course in going)
    return outlook(visits, start, active=any(activity), constants=constants)


def _course(first: VisitRecord, course: CourseRecord) -> Course:
    """A course by weeks: a visit of its first day was still before it."""
    start, stop = course.started_on, course.stopped_on
    return Course(_end_of(first, start), None if stop is None else _end_of(first, stop))


def _end_of(first: VisitRecord, day: date) -> float:
    return ((day - first.day).days + 1) / 7


def _week(first: VisitRecord, moment: datetime) -> float:
    return (moment - _midnight(first)) / timedelta(weeks=1)


def _midnight(first: VisitRecord) -> datetime:
    return datetime.combine(first.day, time(), first.at.tzinfo)
