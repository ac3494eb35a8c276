"""What proves who somebody is when the password alone does not, or is lost."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from server.foundation.db import Base, UtcDateTime


class RecoveryCode(Base):
    """A code that sets a new password, or stands in for the second factor; it is deleted when it is used."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    code_sha256: Mapped[str] = mapped_column(primary_key=True)


class SecondFactor(Base):
    """The secret that somebody's authenticator shares with the server; in force once a code of it was confirmed."""

    __tablename__ = "second_factors"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    sealed_secret: Mapped[bytes]
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_step: Mapped[int]
    """The 30 seconds of the newest code taken, counted from 1970: none of then or before is taken again."""
    stood_in_for: Mapped[str | None]
    """What a recovery code replaced of late, `password` or `factor`: until `waits_until` it is announced."""
    waits_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    former_password_hash: Mapped[str | None]
    """What is put back where the owner takes that back."""
