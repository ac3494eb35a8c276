"""Where photos' bytes are kept, and uploads that are still coming in parts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.foundation.db import Base, UtcDateTime


class StoredPhoto(Base):
    """The object in the photo store that holds a photo's bytes.

    `content_hmac` is their HMAC-SHA-256 with a key of this patient alone: photos of one timeline that are equal
    share an object, and nothing tells whether another patient has the same.
    """

    __tablename__ = "stored_photos"
    __table_args__ = (
        ForeignKeyConstraint(["timeline_id", "photo_id"], ["photos.timeline_id", "photos.id"]),
        Index("ix_stored_photos_timeline_id_content_hmac", "timeline_id", "content_hmac"),
    )

    timeline_id: Mapped[str] = mapped_column(primary_key=True)
    photo_id: Mapped[str] = mapped_column(primary_key=True)
    object_key: Mapped[str] = mapped_column(index=True)
    content_hmac: Mapped[str]


class Upload(Base):
    """A photo that comes in parts: `received` bytes of `length` are here for good.

    The last part counts only together with the photo itself, so that `received` is `length` exactly when the photo
    is stored. The row then stays until it expires, for a phone that missed the answer.
    """

    __tablename__ = "uploads"
    __table_args__ = (CheckConstraint("received BETWEEN 0 AND length", name="received"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    timeline_id: Mapped[str] = mapped_column(ForeignKey("timelines.id"), index=True)
    photo_id: Mapped[str]
    media_type: Mapped[str]
    metadata_header: Mapped[str]
    length: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def complete(self) -> bool:
        """Whether the photo is stored."""
        return self.received == self.length


class UploadPart(Base):
    """Bytes of an upload from `start` on, in an object of the photo store."""

    __tablename__ = "upload_parts"

    upload_id: Mapped[str] = mapped_column(ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True)
    start: Mapped[int] = mapped_column(primary_key=True)
    object_key: Mapped[str] = mapped_column(index=True)
