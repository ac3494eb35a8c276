"""What a patient reports of daily life, as it stands: check-ins, doses and side effects, oldest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from server.progress.records import standing
from server.timeline.daily_life import ASKED, CheckIn, Intake, SideEffect


@dataclass(frozen=True)
class CheckInRecord:
    """How the skin felt at one moment: the answers that were given, 0 to 10, by what was asked."""

    id: str
    at: datetime
    answers: Mapping[str, int]
    note: str | None


@dataclass(frozen=True)
class IntakeRecord:
    """One dose, taken or skipped."""

    at: datetime
    taken: bool


@dataclass(frozen=True)
class SideEffectRecord:
    """Something that came with a treatment; `severity` is 1 to 3, `ended_on` None while it goes on."""

    id: str
    what: str
    severity: int
    course_id: str | None
    started_on: date
    ended_on: date | None
    note: str | None


@dataclass(frozen=True)
class Reported:
    """All that a patient reports."""

    check_ins: tuple[CheckInRecord, ...] = ()
    intakes: tuple[IntakeRecord, ...] = ()
    side_effects: tuple[SideEffectRecord, ...] = ()


def reported_of(timeline_id: str) -> Reported:
    """Return what the patient of a timeline reports; amendments applied, tombstones left out."""
    effects = standing(SideEffect, timeline_id)
    return Reported(
        tuple(sorted(map(_check_in, standing(CheckIn, timeline_id)), key=lambda each: (each.at, each.id))),
        tuple(
            sorted(
                (IntakeRecord(row.instant, row.taken) for row in standing(Intake, timeline_id)),
                key=lambda each: each.at,
            )
        ),
        tuple(sorted(map(_side_effect, effects), key=lambda each: (each.started_on, each.id))),
    )


def _check_in(row: CheckIn) -> CheckInRecord:
    given = {name: getattr(row, name) for name in ASKED}
    return CheckInRecord(
        row.id, row.instant, {name: value for name, value in given.items() if value is not None}, row.note
    )


def _side_effect(row: SideEffect) -> SideEffectRecord:
    return SideEffectRecord(row.id, row.what, row.severity, row.course_id, row.started_on, row.ended_on, row.note)
