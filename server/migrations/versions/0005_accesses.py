"""The chain of accesses, and the rows that the server writes to a timeline: notes, grants and notices."""

import hashlib
from collections import defaultdict

import sqlalchemy as sa
from alembic import op

import server.foundation.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

REFUSALS = {
    "access_links": {
        "UPDATE": "an entry of an access log is never changed",
        "DELETE": "an entry of an access log is never deleted; erasing removes its row of reads",
    },
    "reads": {"UPDATE": "a reading is never changed; erasing removes it whole"},
}
NEEDED = {
    "clinician_notes": "author_id author recorded_at text",
    "model_notices": "recorded_at kind model_id model_version",
    "grants": "dermatologist_id dermatologist_name scope starts_at",
}
AT_THE_END = "an entry of an access log is only ever appended"
NOT_NEXT = """
    NEW.n <> (SELECT COALESCE(MAX(n), 0) + 1 FROM access_links WHERE timeline_id = NEW.timeline_id)
    OR EXISTS (SELECT 1 FROM access_links WHERE entry_id = NEW.entry_id)
"""
"""Asked before inserting, because SQLite's INSERT OR REPLACE deletes without telling a trigger."""


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "access_links",
        sa.Column("timeline_id", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("timeline_id", "n", name=op.f("pk_access_links")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_access_links_entry_id")),
    )
    _chain_earlier_reads()
    author = sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_clinician_notes_author_id_users"))
    _create("clinician_notes", *_texts("author_id", "author", "text", "amends", "recorded_at"), author)
    named = _texts("kind", "model_id", "model_version", "model_sha256", "replaced_version", "recorded_at")
    _create("model_notices", *named)
    _log_grants()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def downgrade() -> None:
    """Take it back."""
    _unlog_grants()
    op.drop_table("model_notices")
    op.drop_table("clinician_notes")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER reads_no_update ON reads")
        op.drop_table("access_links")
        op.execute("DROP FUNCTION refuse_access_change")
        op.execute("DROP FUNCTION refuse_access_insert")
    else:
        op.execute("DROP TRIGGER reads_no_update")
        op.drop_table("access_links")


def _chain_earlier_reads() -> None:
    reads = sa.table("reads", *map(sa.column, ("id", "timeline_id", "at")))
    links = sa.table("access_links", *map(sa.column, ("timeline_id", "n", "entry_id", "hash")))
    heads: dict[str, tuple[int, str]] = defaultdict(lambda: (0, "0" * 64))
    ordered = sa.select(reads.c.id, reads.c.timeline_id).order_by(reads.c.at, reads.c.id)
    for entry_id, timeline_id in op.get_bind().execute(ordered).all():
        n, previous = heads[timeline_id][0] + 1, heads[timeline_id][1]
        digits = hashlib.sha256(f"{previous}/{timeline_id}/{n}/{entry_id}".encode()).hexdigest()
        op.get_bind().execute(links.insert().values(timeline_id=timeline_id, n=n, entry_id=entry_id, hash=digits))
        heads[timeline_id] = (n, digits)


def _log_grants() -> None:
    """Make grants anew as rows of their timeline's log, those there are in the order they were given."""
    bind = op.get_bind()
    users = sa.table("users", sa.column("id", sa.String()), sa.column("name", sa.String()))
    timelines = sa.table("timelines", sa.column("id", sa.String()), sa.column("seq", sa.BigInteger()))
    old = sa.table("grants", *_terms())
    named = sa.select(old, users.c.name.label("dermatologist_name")).join(users, users.c.id == old.c.dermatologist_id)
    grants = bind.execute(named.order_by(old.c.starts_at, old.c.id)).mappings().all()
    op.drop_table("grants")
    dermatologist_columns = [
        sa.Column("dermatologist_name", sa.String(), nullable=False),
        sa.Column("left", sa.Boolean(), nullable=False),
    ]
    dermatologist = sa.ForeignKeyConstraint(
        ["dermatologist_id"], ["users.id"], name=op.f("fk_grants_dermatologist_id_users")
    )
    new = _create("grants", *_terms()[2:], *dermatologist_columns, dermatologist)
    op.create_index(op.f("ix_grants_dermatologist_id"), "grants", ["dermatologist_id"])
    for grant in grants:
        mine = timelines.c.id == grant["timeline_id"]
        bind.execute(timelines.update().where(mine).values(seq=timelines.c.seq + 1))
        rev = bind.scalar(sa.select(timelines.c.seq).where(mine))
        bind.execute(new.insert().values(**grant, rev=rev, deleted=False, left=False))


def _unlog_grants() -> None:
    bind = op.get_bind()
    old = sa.table("grants", *_terms())
    grants = [dict(grant) for grant in bind.execute(sa.select(old)).mappings()]
    op.drop_table("grants")
    new = op.create_table(
        "grants",
        *_terms(),
        sa.CheckConstraint("scope IN ('records', 'photos')", name=op.f("ck_grants_scope")),
        sa.ForeignKeyConstraint(["dermatologist_id"], ["users.id"], name=op.f("fk_grants_dermatologist_id_users")),
        sa.ForeignKeyConstraint(["timeline_id"], ["timelines.id"], name=op.f("fk_grants_timeline_id_timelines")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    for column in ("dermatologist_id", "timeline_id"):
        op.create_index(op.f(f"ix_grants_{column}"), "grants", [column])
    op.bulk_insert(new, grants)


def _terms() -> list[sa.Column[object]]:
    moment = server.foundation.db.UtcDateTime(timezone=True)
    return [
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("timeline_id", sa.String(), nullable=False),
        sa.Column("dermatologist_id", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("starts_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=True),
        sa.Column("revoked_at", moment, nullable=True),
    ]


def _create(table: str, *columns: sa.schema.SchemaItem) -> sa.Table:
    needed = " AND ".join(f"{column} IS NOT NULL" for column in NEEDED[table].split())
    made = op.create_table(
        table,
        sa.Column("timeline_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=True),
        *columns,
        sa.CheckConstraint(f"deleted OR ({needed})", name=op.f(f"ck_{table}_complete")),
        sa.ForeignKeyConstraint(["timeline_id"], ["timelines.id"], name=op.f(f"fk_{table}_timeline_id_timelines")),
        sa.PrimaryKeyConstraint("timeline_id", "id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_timeline_id_rev", table, ["timeline_id", "rev"], unique=True)
    return made


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=True) for name in names]


def _guard_sqlite() -> None:
    for table, refusals in REFUSALS.items():
        for event, words in refusals.items():
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )
    op.execute(
        f"CREATE TRIGGER access_links_at_the_end BEFORE INSERT ON access_links WHEN {NOT_NEXT}"
        f" BEGIN SELECT RAISE(ABORT, '{AT_THE_END}'); END"
    )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_access_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table, refusals in REFUSALS.items():
        for event, words in refusals.items():
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION refuse_access_change('{words}')"
            )
    op.execute(
        "CREATE TRIGGER access_links_no_truncate BEFORE TRUNCATE ON access_links"
        f" FOR EACH STATEMENT EXECUTE FUNCTION refuse_access_change('{REFUSALS['access_links']['DELETE']}')"
    )
    op.execute(
        "CREATE FUNCTION refuse_access_insert() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN IF {NOT_NEXT} THEN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0],"
        " ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER access_links_at_the_end BEFORE INSERT ON access_links"
        f" FOR EACH ROW EXECUTE FUNCTION refuse_access_insert('{AT_THE_END}')"
    )
