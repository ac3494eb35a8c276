"""How much text a timeline holds."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it; what is there already is not counted."""
    op.add_column("timelines", sa.Column("stored_bytes", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("timelines", "stored_bytes")
