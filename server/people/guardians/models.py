"""Guardians: who answers for a child, and what they consented to."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.foundation.db import Base, UtcDateTime
from server.people.accounts.models import User


class GuardianInvitation(Base):
    """A child's request for consent: by a code that the phone shows, or to the owner of an e-mail."""

    __tablename__ = "guardian_invitations"

    id: Mapped[str] = mapped_column(primary_key=True)
    child_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    code_sha256: Mapped[str | None] = mapped_column(unique=True)
    guardian_email: Mapped[str | None] = mapped_column(index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    child: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class Guardianship(Base):
    """One guardian of one child; `photos` is whether the child lets them have the photos too."""

    __tablename__ = "guardianships"

    child_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    guardian_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    photos: Mapped[bool] = mapped_column(default=False)
    since: Mapped[datetime] = mapped_column(UtcDateTime)

    child: Mapped[User] = relationship(lazy="joined", innerjoin=True, foreign_keys=child_id)
    guardian: Mapped[User] = relationship(lazy="joined", innerjoin=True, foreign_keys=guardian_id)


class Consent(Base):
    """A guardian's consent, in force until it is withdrawn; kept as proof, also afterwards."""

    __tablename__ = "consents"

    id: Mapped[str] = mapped_column(primary_key=True)
    child_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    guardian_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    text_version: Mapped[str]
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
