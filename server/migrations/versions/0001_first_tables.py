"""Accounts, devices, timelines and their rows, grants, invitations, and the log of reads."""

import sqlalchemy as sa
from alembic import op

import server.foundation.db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "users",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("created_at", server.foundation.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('patient', 'dermatologist')", name=op.f("ck_users_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_sha256", sa.String(), nullable=False),
        sa.Column("created_at", server.foundation.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", server.foundation.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", server.foundation.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('app', 'browser')", name=op.f("ck_devices_kind")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_devices_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_devices_token_sha256")),
    )
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_devices_user_id"), ["user_id"], unique=False)

    op.create_table(
        "timelines",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("patient_id", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", server.foundation.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["users.id"], name=op.f("fk_timelines_patient_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timelines")),
        sa.UniqueConstraint("patient_id", name=op.f("uq_timelines_patient_id")),
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("timeline_id", sa.String(), nullable=False),
        sa.Column("dermatologist_id", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("starts_at", server.foundation.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", server.foundation.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", server.foundation.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scope IN ('records', 'photos')", name=op.f("ck_grants_scope")),
        sa.ForeignKeyConstraint(["dermatologist_id"], ["users.id"], name=op.f("fk_grants_dermatologist_id_users")),
        sa.ForeignKeyConstraint(["timeline_id"], ["timelines.id"], name=op.f("fk_grants_timeline_id_timelines")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grants_dermatologist_id"), ["dermatologist_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grants_timeline_id"), ["timeline_id"], unique=False)

    op.create_table(
        "invitations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("timeline_id", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("code_sha256", sa.String(), nullable=False),
        sa.Column("expires_at", server.foundation.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("grant_ends_at", server.foundation.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("redeemed_at", server.foundation.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scope IN ('records', 'photos')", name=op.f("ck_invitations_scope")),
        sa.ForeignKeyConstraint(["timeline_id"], ["timelines.id"], name=op.f("fk_invitations_timeline_id_timelines")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("code_sha256", name=op.f("uq_invitations_code_sha256")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitations_timeline_id"), ["timeline_id"], unique=False)

    op.create_table(
        "reads",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("timeline_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("at", server.foundation.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["timeline_id"], ["timelines.id"], name=op.f("fk_reads_timeline_id_timelines")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reads_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reads")),
    )
    with op.batch_alter_table("reads", schema=None) as batch_op:
        batch_op.create_index("ix_reads_timeline_id_at", ["timeline_id", "at"], unique=False)

    op.create_table(
        "treatment_courses",
        sa.Column("timeline_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("dose", sa.String(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint(
            "deleted OR (name IS NOT NULL AND kind IS NOT NULL AND started_on IS NOT NULL)",
            name=op.f("ck_treatment_courses_complete"),
        ),
        sa.ForeignKeyConstraint(
            ["timeline_id"], ["timelines.id"], name=op.f("fk_treatment_courses_timeline_id_timelines")
        ),
        sa.PrimaryKeyConstraint("timeline_id", "id", name=op.f("pk_treatment_courses")),
    )
    with op.batch_alter_table("treatment_courses", schema=None) as batch_op:
        batch_op.create_index("ix_treatment_courses_timeline_id_rev", ["timeline_id", "rev"], unique=True)

    op.create_table(
        "visits",
        sa.Column("timeline_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("guided", sa.Boolean(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("amends", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.String(), nullable=True),
        sa.CheckConstraint(
            "deleted OR (recorded_at IS NOT NULL AND guided IS NOT NULL)", name=op.f("ck_visits_complete")
        ),
        sa.ForeignKeyConstraint(["timeline_id"], ["timelines.id"], name=op.f("fk_visits_timeline_id_timelines")),
        sa.PrimaryKeyConstraint("timeline_id", "id", name=op.f("pk_visits")),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index("ix_visits_timeline_id_rev", ["timeline_id", "rev"], unique=True)

    op.create_table(
        "assessments",
        sa.Column("timeline_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("visit_id", sa.String(), nullable=True),
        sa.Column("model_id", sa.String(), nullable=True),
        sa.Column("model_version", sa.String(), nullable=True),
        sa.Column("model_sha256", sa.String(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("amends", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.String(), nullable=True),
        sa.CheckConstraint(
            "deleted OR (visit_id IS NOT NULL AND recorded_at IS NOT NULL AND "
            "model_id IS NOT NULL AND model_version IS NOT NULL AND "
            "model_sha256 IS NOT NULL AND result IS NOT NULL)",
            name=op.f("ck_assessments_complete"),
        ),
        sa.ForeignKeyConstraint(
            ["timeline_id", "visit_id"],
            ["visits.timeline_id", "visits.id"],
            name=op.f("fk_assessments_timeline_id_visit_id_visits"),
        ),
        sa.ForeignKeyConstraint(["timeline_id"], ["timelines.id"], name=op.f("fk_assessments_timeline_id_timelines")),
        sa.PrimaryKeyConstraint("timeline_id", "id", name=op.f("pk_assessments")),
    )
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.create_index("ix_assessments_timeline_id_rev", ["timeline_id", "rev"], unique=True)

    op.create_table(
        "photos",
        sa.Column("timeline_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("visit_id", sa.String(), nullable=True),
        sa.Column("view", sa.String(), nullable=True),
        sa.Column("media_type", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("width_px", sa.Integer(), nullable=True),
        sa.Column("height_px", sa.Integer(), nullable=True),
        sa.Column("uploaded", sa.Boolean(), nullable=True),
        sa.Column("amends", sa.String(), nullable=True),
        sa.CheckConstraint(
            "deleted OR (visit_id IS NOT NULL AND view IS NOT NULL AND "
            "media_type IS NOT NULL AND sha256 IS NOT NULL AND width_px IS NOT NULL AND "
            "height_px IS NOT NULL AND uploaded IS NOT NULL)",
            name=op.f("ck_photos_complete"),
        ),
        sa.ForeignKeyConstraint(
            ["timeline_id", "visit_id"],
            ["visits.timeline_id", "visits.id"],
            name=op.f("fk_photos_timeline_id_visit_id_visits"),
        ),
        sa.ForeignKeyConstraint(["timeline_id"], ["timelines.id"], name=op.f("fk_photos_timeline_id_timelines")),
        sa.PrimaryKeyConstraint("timeline_id", "id", name=op.f("pk_photos")),
    )
    with op.batch_alter_table("photos", schema=None) as batch_op:
        batch_op.create_index("ix_photos_timeline_id_rev", ["timeline_id", "rev"], unique=True)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("photos", schema=None) as batch_op:
        batch_op.drop_index("ix_photos_timeline_id_rev")

    op.drop_table("photos")
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.drop_index("ix_assessments_timeline_id_rev")

    op.drop_table("assessments")
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.drop_index("ix_visits_timeline_id_rev")

    op.drop_table("visits")
    with op.batch_alter_table("treatment_courses", schema=None) as batch_op:
        batch_op.drop_index("ix_treatment_courses_timeline_id_rev")

    op.drop_table("treatment_courses")
    with op.batch_alter_table("reads", schema=None) as batch_op:
        batch_op.drop_index("ix_reads_timeline_id_at")

    op.drop_table("reads")
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitations_timeline_id"))

    op.drop_table("invitations")
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grants_timeline_id"))
        batch_op.drop_index(batch_op.f("ix_grants_dermatologist_id"))

    op.drop_table("grants")
    op.drop_table("timelines")
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_devices_user_id"))

    op.drop_table("devices")
    op.drop_table("users")
