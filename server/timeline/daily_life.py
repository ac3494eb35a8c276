"""What a patient notes between visits: how the skin feels, doses, side effects, reminders, and who they are."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from server.foundation.db import Base
from server.timeline.models import Recorded, Row

WORST = 10
"""Scales go from 0, none of it, to this; a mood from 0, the lowest, to this, the best."""

ASKED = ("mood", "pain", "itch", "dryness", "bother", "oiliness", "stress")
"""What a check-in asks; an answer that was not given is null."""

LOW_MOOD = 3
"""A mood of this or below is said first, wherever a check-in is shown: an own rule, of no instrument."""

MILD, MODERATE, SEVERE = 1, 2, 3
"""How bad a side effect is: noticed; in the way of daily life; daily life is not possible with it."""

SEXES = ("female", "male", "other")

SKIN_TYPES = 6
"""Fitzpatrick's skin types, 1 (always burns, never tans) to this (never burns)."""

ONLY_PROFILE = "the-profile"
"""The id of a timeline's one profile: two phones that make it apart from each other make the same row."""


class CheckIn(Recorded, Row, Base):
    """How the skin feels at one moment; a scale that was not answered is null."""

    __tablename__ = "check_ins"
    required = ("recorded_at",)

    itch: Mapped[int | None]
    pain: Mapped[int | None]
    oiliness: Mapped[int | None]
    stress: Mapped[int | None]
    mood: Mapped[int | None]
    dryness: Mapped[int | None]
    bother: Mapped[int | None]
    """How much the skin troubles the person, whatever it looks like."""
    note: Mapped[str | None]
    amends: Mapped[str | None]


class Intake(Recorded, Row, Base):
    """One dose of a course, taken or skipped. It stays when its course is deleted, and may come before it."""

    __tablename__ = "intakes"
    required = ("course_id", "recorded_at", "taken")

    course_id: Mapped[str] = mapped_column(nullable=True)
    taken: Mapped[bool] = mapped_column(nullable=True)
    amount: Mapped[str | None]
    """In the patient's words, as "1 tablet"."""
    amends: Mapped[str | None]


class SideEffect(Row, Base):
    """Something that came with a treatment, as the patient has it; what caused it is not said by this.

    `course_id` is null where they do not say of which course; `ended_on` is null while it goes on.
    """

    __tablename__ = "side_effects"
    required = ("what", "severity", "started_on")

    what: Mapped[str] = mapped_column(nullable=True)
    """In the patient's words, or one of their app's."""
    severity: Mapped[int] = mapped_column(nullable=True)
    course_id: Mapped[str | None]
    started_on: Mapped[date] = mapped_column(nullable=True)
    ended_on: Mapped[date | None]
    note: Mapped[str | None]


class Reminder(Row, Base):
    """When a phone reminds its owner, by the time of wherever the phone is.

    `course_id` is null for one that is not about a dose. One of a course that was deleted or has stopped is not to
    ring.
    """

    __tablename__ = "reminders"
    required = ("title", "time_of_day", "weekdays", "active")

    title: Mapped[str] = mapped_column(nullable=True)
    course_id: Mapped[str | None]
    time_of_day: Mapped[str] = mapped_column(nullable=True)
    """HH:MM."""
    weekdays: Mapped[str] = mapped_column(nullable=True)
    """ISO weekdays in order, Monday is 1: "135"."""
    active: Mapped[bool] = mapped_column(nullable=True)


class Profile(Row, Base):
    """What the patient says of themselves, as far as a chart needs it: all of it may be null.

    There is one, `ONLY_PROFILE`, and it is emptied instead of deleted.
    """

    __tablename__ = "profiles"

    skin_type: Mapped[int | None]
    sex: Mapped[str | None]
