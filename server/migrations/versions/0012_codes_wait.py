"""What a recovery code stood in for, and until when the others wait."""

import sqlalchemy as sa
from alembic import op

import server.foundation.db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.add_column("second_factors", sa.Column("stood_in_for", sa.String(), nullable=True))
    until = server.foundation.db.UtcDateTime(timezone=True)
    op.add_column("second_factors", sa.Column("waits_until", until, nullable=True))
    op.add_column("second_factors", sa.Column("former_password_hash", sa.String(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    for name in ("former_password_hash", "waits_until", "stood_in_for"):
        op.drop_column("second_factors", name)
