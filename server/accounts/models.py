"""People, and the devices they are signed in on."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.db import Base, UtcDateTime

ROLES = ("patient", "dermatologist")
DEVICE_KINDS = ("app", "browser")


class User(Base):
    """A patient or a dermatologist. `email` is kept in lower case and identifies the person at sign-in."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("role IN ('patient', 'dermatologist')", name="role"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Device(Base):
    """One sign-in: an app's token (`app`, until revoked) or a browser's session (`browser`)."""

    __tablename__ = "devices"
    __table_args__ = (CheckConstraint("kind IN ('app', 'browser')", name="kind"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[str]
    name: Mapped[str]
    token_sha256: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
