"""People's ages, guardians, second factors and recovery codes."""

import sqlalchemy as sa
from alembic import op

import server.foundation.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it; whoever has an account already is taken for an adult."""
    _allow("role IN ('patient', 'dermatologist', 'guardian')")
    op.add_column("users", sa.Column("consent_on", sa.Date(), nullable=True))
    op.add_column("users", sa.Column("majority_on", sa.Date(), nullable=True))
    with op.batch_alter_table("devices") as devices:
        devices.add_column(sa.Column("next_token_sha256", sa.String(), nullable=True))
        devices.add_column(sa.Column("last_used_on", sa.Date(), nullable=True))
        devices.add_column(sa.Column("newest_push", sa.BigInteger(), nullable=False, server_default="0"))
        devices.create_unique_constraint(op.f("uq_devices_next_token_sha256"), ["next_token_sha256"])
    _proofs()
    _guardians()


def _allow(roles: str) -> None:
    """Change which roles there are."""
    with op.batch_alter_table("users") as users:
        users.drop_constraint(op.f("ck_users_role"), type_="check")
        users.create_check_constraint(op.f("ck_users_role"), roles)


def _proofs() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("code_sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", "code_sha256", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "second_factors",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_at", server.foundation.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factors")),
    )


def _guardians() -> None:
    op.create_table(
        "guardian_invitations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("child_id", sa.String(), nullable=False),
        sa.Column("code_sha256", sa.String(), nullable=True),
        sa.Column("guardian_email", sa.String(), nullable=True),
        sa.Column("expires_at", server.foundation.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", server.foundation.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["child_id"], ["users.id"], name=op.f("fk_guardian_invitations_child_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian_invitations")),
        sa.UniqueConstraint("code_sha256", name=op.f("uq_guardian_invitations_code_sha256")),
    )
    op.create_index(op.f("ix_guardian_invitations_child_id"), "guardian_invitations", ["child_id"])
    op.create_index(op.f("ix_guardian_invitations_guardian_email"), "guardian_invitations", ["guardian_email"])
    op.create_table(
        "guardianships",
        sa.Column("child_id", sa.String(), nullable=False),
        sa.Column("guardian_id", sa.String(), nullable=False),
        sa.Column("photos", sa.Boolean(), nullable=False),
        sa.Column("since", server.foundation.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["users.id"], name=op.f("fk_guardianships_child_id_users")),
        sa.ForeignKeyConstraint(["guardian_id"], ["users.id"], name=op.f("fk_guardianships_guardian_id_users")),
        sa.PrimaryKeyConstraint("child_id", "guardian_id", name=op.f("pk_guardianships")),
    )
    op.create_index(op.f("ix_guardianships_guardian_id"), "guardianships", ["guardian_id"])
    op.create_table(
        "consents",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("child_id", sa.String(), nullable=False),
        sa.Column("guardian_id", sa.String(), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("given_at", server.foundation.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", server.foundation.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["child_id"], ["users.id"], name=op.f("fk_consents_child_id_users")),
        sa.ForeignKeyConstraint(["guardian_id"], ["users.id"], name=op.f("fk_consents_guardian_id_users")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["users.id"], name=op.f("fk_consents_withdrawn_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_child_id"), "consents", ["child_id"])
    op.create_index(op.f("ix_consents_guardian_id"), "consents", ["guardian_id"])


def downgrade() -> None:
    """Take it back: guardians, whom the version before does not know, lose their accounts, and no log names them."""
    for table in ("consents", "guardianships", "guardian_invitations", "second_factors", "recovery_codes"):
        op.drop_table(table)
    for table in ("devices", "reads"):
        op.execute(f"DELETE FROM {table} WHERE user_id IN (SELECT id FROM users WHERE role = 'guardian')")
    op.execute("DELETE FROM users WHERE role = 'guardian'")
    with op.batch_alter_table("devices") as devices:
        devices.drop_constraint(op.f("uq_devices_next_token_sha256"), type_="unique")
        devices.drop_column("newest_push")
        devices.drop_column("last_used_on")
        devices.drop_column("next_token_sha256")
    op.drop_column("users", "majority_on")
    op.drop_column("users", "consent_on")
    _allow("role IN ('patient', 'dermatologist')")
