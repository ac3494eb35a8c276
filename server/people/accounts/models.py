"""People, and the devices they are signed in on."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.foundation.db import Base, UtcDateTime

ROLES = ("patient", "dermatologist", "guardian")
DEVICE_KINDS = ("app", "browser")


class User(Base):
    """A patient, a dermatologist or a guardian. `email` is kept in lower case and identifies the person at sign-in.

    A date of birth is not kept: only, of a minor, the days that lie ahead. They are null for everybody else.
    """

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("role IN ('patient', 'dermatologist', 'guardian')", name="role"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_on: Mapped[date | None]
    """The first day on which a guardian needs their yes to share photos."""
    consent_on: Mapped[date | None]
    """The first day on which they need no guardian's consent."""
    majority_on: Mapped[date | None]
    """The first day on which they are of age."""
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when nothing is left of a dermatologist but their name."""


class Device(Base):
    """One sign-in: an app's token (`app`) or a browser's session (`browser`), until it expires or is revoked."""

    __tablename__ = "devices"
    __table_args__ = (CheckConstraint("kind IN ('app', 'browser')", name="kind"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[str]
    name: Mapped[str]
    token_sha256: Mapped[str] = mapped_column(unique=True)
    next_token_sha256: Mapped[str | None] = mapped_column(unique=True)
    """The token that takes over when it is used for the first time."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_on: Mapped[date | None]
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    newest_push: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """The highest number that a push of this device had: a lower one comes late."""

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
