"""When the server first had a visit: dates that a phone's clock made up are told from it."""

import sqlalchemy as sa
from alembic import op

import server.foundation.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.add_column("visits", sa.Column("received_at", server.foundation.db.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("visits", "received_at")
