"""What the app records: side effects, spots, photos kept anyway, why a course stopped, and more of a check-in."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NEEDED = {"side_effects": "what severity started_on", "spots": "visit_id photo_id x y"}
ADDED: dict[str, dict[str, Any]] = {
    "photos": {"kept_anyway": sa.Boolean},
    "check_ins": {"dryness": sa.Integer, "bother": sa.Integer},
    "treatment_courses": {"stop_reason": sa.String},
}


def upgrade() -> None:
    """Apply it."""
    for table, columns in ADDED.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind(), nullable=True))
    effect = {"what": sa.String, "severity": sa.Integer, "course_id": sa.String, "started_on": sa.Date}
    _create("side_effects", {**effect, "ended_on": sa.Date, "note": sa.String})
    place = {"visit_id": sa.String, "photo_id": sa.String, "x": sa.Double, "y": sa.Double}
    _create("spots", {**place, "still_there": sa.Boolean, "note": sa.String})


def downgrade() -> None:
    """Take it back."""
    for table in NEEDED:
        op.drop_table(table)
    for table, columns in ADDED.items():
        for name in columns:
            op.drop_column(table, name)


def _create(table: str, columns: dict[str, Any]) -> None:
    needed = " AND ".join(f"{column} IS NOT NULL" for column in NEEDED[table].split())
    op.create_table(
        table,
        sa.Column("timeline_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=True),
        *(sa.Column(name, kind(), nullable=True) for name, kind in columns.items()),
        sa.CheckConstraint(f"deleted OR ({needed})", name=op.f(f"ck_{table}_complete")),
        sa.ForeignKeyConstraint(["timeline_id"], ["timelines.id"], name=op.f(f"fk_{table}_timeline_id_timelines")),
        sa.PrimaryKeyConstraint("timeline_id", "id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_timeline_id_rev", table, ["timeline_id", "rev"], unique=True)
