"""The chain of accesses, and the rows that the server writes to a timeline."""

import hashlib
from collections import defaultdict

import sqlalchemy as sa
from alembic import op

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
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def downgrade() -> None:
    """Take it back."""
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
