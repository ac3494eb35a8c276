"""Check-ins, intakes, reminders, profiles and kept lines; photos and assessments may come before their visit."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NEEDED = {
    "photos": "visit_id view media_type sha256 width_px height_px uploaded",
    "assessments": "visit_id recorded_at model_id model_version model_sha256 result",
    "check_ins": "recorded_at",
    "intakes": "course_id recorded_at taken",
    "reminders": "title time_of_day weekdays active",
}


def upgrade() -> None:
    """Apply it."""
    for table in ("photos", "assessments"):
        with op.batch_alter_table(table, table_args=(_complete(table),)) as batch_op:
            batch_op.drop_constraint(op.f(f"fk_{table}_timeline_id_visit_id_visits"), type_="foreignkey")
    scales: list[sa.Column[Any]] = [
        sa.Column(name, sa.Integer(), nullable=True) for name in ("itch", "pain", "oiliness", "stress", "mood")
    ]
    _create("check_ins", *scales, *_texts("note", "amends", "recorded_at"))
    taken: sa.Column[Any] = sa.Column("taken", sa.Boolean(), nullable=True)
    _create("intakes", *_texts("course_id"), taken, *_texts("amount", "amends", "recorded_at"))
    active: sa.Column[Any] = sa.Column("active", sa.Boolean(), nullable=True)
    _create("reminders", *_texts("title", "course_id", "time_of_day", "weekdays"), active)
    _create("profiles", sa.Column("skin_type", sa.Integer(), nullable=True), *_texts("sex"))
    op.create_table(
        "kept_lines",
        sa.Column("timeline_id", sa.String(), nullable=False),
        sa.Column("made_from", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["timeline_id"], ["timelines.id"], name=op.f("fk_kept_lines_timeline_id_timelines")),
        sa.PrimaryKeyConstraint("timeline_id", name=op.f("pk_kept_lines")),
    )


def downgrade() -> None:
    """Take it back; photos and assessments whose visit has not come go: the version before has no place for them."""
    op.drop_table("kept_lines")
    for table in ("profiles", "reminders", "intakes", "check_ins"):
        op.drop_table(table)
    for table in ("assessments", "photos"):
        its_visit = f"SELECT 1 FROM visits v WHERE v.timeline_id = {table}.timeline_id AND v.id = {table}.visit_id"
        op.execute(f"DELETE FROM {table} WHERE visit_id IS NOT NULL AND NOT EXISTS ({its_visit})")
        with op.batch_alter_table(table, table_args=(_complete(table),)) as batch_op:
            batch_op.create_foreign_key(
                op.f(f"fk_{table}_timeline_id_visit_id_visits"),
                "visits",
                ["timeline_id", "visit_id"],
                ["timeline_id", "id"],
            )


def _create(table: str, *columns: sa.Column[Any]) -> None:
    checks = [_complete(table)] if table in NEEDED else []
    op.create_table(
        table,
        sa.Column("timeline_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=True),
        *columns,
        *checks,
        sa.ForeignKeyConstraint(["timeline_id"], ["timelines.id"], name=op.f(f"fk_{table}_timeline_id_timelines")),
        sa.PrimaryKeyConstraint("timeline_id", "id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_timeline_id_rev", table, ["timeline_id", "rev"], unique=True)


def _complete(table: str) -> sa.CheckConstraint:
    needed = " AND ".join(f"{column} IS NOT NULL" for column in NEEDED[table].split())
    return sa.CheckConstraint(f"deleted OR ({needed})", name=op.f(f"ck_{table}_complete"))


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.String(), nullable=True) for name in names]
