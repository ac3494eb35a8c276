"""Which accounts are closed, by a column of their own."""

import sqlalchemy as sa
from alembic import op

import server.foundation.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it; closed are those whose password is none, which nobody could choose."""
    op.add_column("users", sa.Column("closed_at", server.foundation.db.UtcDateTime(timezone=True), nullable=True))
    op.execute("UPDATE users SET closed_at = created_at WHERE password_hash = 'closed'")


def downgrade() -> None:
    """Take it back."""
    op.drop_column("users", "closed_at")
