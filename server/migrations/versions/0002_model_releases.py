"""Releases of models, visits that are assessed again, and the model that each chart was switched to."""

import sqlalchemy as sa
from alembic import op

import server.foundation.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "model_releases",
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("rollout_percent", sa.Integer(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("published_at", server.foundation.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rollout_percent BETWEEN 0 AND 100", name=op.f("ck_model_releases_percent")),
        sa.PrimaryKeyConstraint("line", "version", name=op.f("pk_model_releases")),
    )
    op.create_table(
        "reassessments",
        sa.Column("timeline_id", sa.String(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("visit_id", sa.String(), nullable=False),
        sa.Column("model_version", sa.String(), nullable=False),
        sa.Column("model_sha256", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'done', 'refused')", name=op.f("ck_reassessments_state")),
        sa.ForeignKeyConstraint(["timeline_id"], ["timelines.id"], name=op.f("fk_reassessments_timeline_id_timelines")),
        sa.PrimaryKeyConstraint("timeline_id", "assessment_id", name=op.f("pk_reassessments")),
    )
    with op.batch_alter_table("reassessments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reassessments_state"), ["state"], unique=False)

    op.create_table(
        "charted_models",
        sa.Column("timeline_id", sa.String(), nullable=False),
        sa.Column("model_id", sa.String(), nullable=False),
        sa.Column("model_version", sa.String(), nullable=False),
        sa.Column("model_sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["timeline_id"], ["timelines.id"], name=op.f("fk_charted_models_timeline_id_timelines")
        ),
        sa.PrimaryKeyConstraint("timeline_id", name=op.f("pk_charted_models")),
    )


def downgrade() -> None:
    """Take it back; assessments that the server made stay."""
    op.drop_table("charted_models")
    with op.batch_alter_table("reassessments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reassessments_state"))

    op.drop_table("reassessments")
    op.drop_table("model_releases")
