"""What a series of visits can be refused for; each message says what is wrong and what to do."""

from __future__ import annotations

from typing import ClassVar

from mobile_models.errors import AssessmentError


class SeriesInvalid(AssessmentError):
    """Base of what a series is refused for."""

    code: ClassVar[str] = "series_invalid"


class NoVisits(SeriesInvalid):
    """A series without a visit."""

    code: ClassVar[str] = "series_empty"


class TooManyVisits(SeriesInvalid):
    """More visits than one person's photos can be."""

    code: ClassVar[str] = "series_too_long"


class TooManyChanges(SeriesInvalid):
    """More starts and stops of treatments, or changes of the model, than can be told apart."""

    code: ClassVar[str] = "series_changes_too_many"


class VisitsUnordered(SeriesInvalid):
    """A visit stands after a later one."""

    code: ClassVar[str] = "series_unordered"


class VisitTwice(SeriesInvalid):
    """Two visits of one moment."""

    code: ClassVar[str] = "series_visit_twice"


class VisitInFuture(SeriesInvalid):
    """A visit after today."""

    code: ClassVar[str] = "series_in_future"


class NumberInvalid(SeriesInvalid):
    """A week, count, number of frames or error that cannot be."""

    code: ClassVar[str] = "series_number_invalid"


class CourseStopsBeforeItStarts(SeriesInvalid):
    """A course whose stop lies before its start."""

    code: ClassVar[str] = "course_stops_before_it_starts"


class LineMalformed(SeriesInvalid):
    """A line that is no series."""

    code: ClassVar[str] = "series_malformed"


class FileUnreadable(SeriesInvalid):
    """A file of series that is missing or no text."""

    code: ClassVar[str] = "series_unreadable"
