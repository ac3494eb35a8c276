"""The dermatologist's list as an inbox: what it is ordered by in columns, and what each reader noted of a patient."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ADDED: dict[str, Any] = {"iga": sa.Integer, "inflammatory": sa.Integer, "last_visit": sa.Date}
NEEDED = ("trend", "flags")


def upgrade() -> None:
    """Apply it; summaries are made again when the list is next opened."""
    op.execute("DELETE FROM kept_lines")
    with op.batch_alter_table("kept_lines") as batch_op:
        for name, kind in ADDED.items():
            batch_op.add_column(sa.Column(name, kind(), nullable=True))
        for name in NEEDED:
            batch_op.add_column(sa.Column(name, sa.String(), nullable=False))
    op.create_table(
        "worklist_marks",
        sa.Column("dermatologist_id", sa.String(), nullable=False),
        sa.Column("timeline_id", sa.String(), nullable=False),
        sa.Column("seen", sa.String(), nullable=True),
        sa.Column("snoozed_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dermatologist_id"], ["users.id"], name=op.f("fk_worklist_marks_dermatologist_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["timeline_id"], ["timelines.id"], name=op.f("fk_worklist_marks_timeline_id_timelines")
        ),
        sa.PrimaryKeyConstraint("dermatologist_id", "timeline_id", name=op.f("pk_worklist_marks")),
    )
    op.create_index(op.f("ix_worklist_marks_timeline_id"), "worklist_marks", ["timeline_id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("worklist_marks")
    op.execute("DELETE FROM kept_lines")
    with op.batch_alter_table("kept_lines") as batch_op:
        for name in (*NEEDED, *ADDED):
            batch_op.drop_column(name)
