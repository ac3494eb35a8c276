"""Codes for dermatologists, and from when on a child's own yes is needed."""

import sqlalchemy as sa
from alembic import op

import server.foundation.db

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it; children who signed up before are asked whatever their age."""
    op.create_table(
        "staff_invitations",
        sa.Column("code_sha256", sa.String(), nullable=False),
        sa.Column("expires_at", server.foundation.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code_sha256", name=op.f("pk_staff_invitations")),
    )
    op.add_column("users", sa.Column("asked_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("users", "asked_on")
    op.drop_table("staff_invitations")
