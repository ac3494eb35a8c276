"""How many re-posed frames of each view a visit was taken with."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.add_column("visits", sa.Column("frames", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("visits", "frames")
