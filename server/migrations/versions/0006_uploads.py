"""Where photos' bytes are kept, and uploads in parts."""

import sqlalchemy as sa
from alembic import op

import server.foundation.db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "stored_photos",
        sa.Column("timeline_id", sa.String(), nullable=False),
        sa.Column("photo_id", sa.String(), nullable=False),
        sa.Column("object_key", sa.String(), nullable=False),
        sa.Column("content_hmac", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["timeline_id", "photo_id"],
            ["photos.timeline_id", "photos.id"],
            name=op.f("fk_stored_photos_timeline_id_photo_id_photos"),
        ),
        sa.PrimaryKeyConstraint("timeline_id", "photo_id", name=op.f("pk_stored_photos")),
    )
    op.create_index(op.f("ix_stored_photos_object_key"), "stored_photos", ["object_key"])
    op.create_index("ix_stored_photos_timeline_id_content_hmac", "stored_photos", ["timeline_id", "content_hmac"])
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("timeline_id", sa.String(), nullable=False),
        sa.Column("photo_id", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("metadata_header", sa.String(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("expires_at", server.foundation.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("received BETWEEN 0 AND length", name=op.f("ck_uploads_received")),
        sa.ForeignKeyConstraint(["timeline_id"], ["timelines.id"], name=op.f("fk_uploads_timeline_id_timelines")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_index(op.f("ix_uploads_timeline_id"), "uploads", ["timeline_id"])
    op.create_table(
        "upload_parts",
        sa.Column("upload_id", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("object_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["uploads.id"], name=op.f("fk_upload_parts_upload_id_uploads"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("upload_id", "start", name=op.f("pk_upload_parts")),
    )
    op.create_index(op.f("ix_upload_parts_object_key"), "upload_parts", ["object_key"])


def downgrade() -> None:
    """Take it back; photos whose bytes are kept cannot be found any more."""
    op.drop_table("upload_parts")
    op.drop_table("uploads")
    op.drop_table("stored_photos")
