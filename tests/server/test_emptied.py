"""A test on PostgreSQL finds nothing of the one before, neither rows nor changed tables nor connections."""

import psycopg
import pytest

TRIGGERS = "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"
ROWS = "SELECT (SELECT count(*) FROM access_links) + (SELECT count(*) FROM users)"
LINK = "INSERT INTO access_links (timeline_id, n, entry_id, hash) VALUES ('t', 1, 'e', 'h')"
NO_VERSION = "INSERT INTO alembic_version VALUES ('0000')"


@pytest.fixture
def connect(emptied):
    return lambda: psycopg.connect(emptied.url(), autocommit=True)


def test_rows_that_nobody_may_delete_are_gone_and_the_database_is_the_same(connect):
    with connect() as connection:
        before = connection.execute("SELECT current_database()").fetchone()
        connection.execute("SET session_replication_role = replica")
        connection.execute(LINK)
        assert connection.execute(ROWS).fetchone() == (1,)
        connection.execute("SET session_replication_role = origin")
        with pytest.raises(psycopg.Error):
            connection.execute("DELETE FROM access_links")
    with connect() as connection:
        assert connection.execute("SELECT current_database()").fetchone() == before
        assert connection.execute(ROWS).fetchone() == (0,)


@pytest.mark.parametrize(
    "change",
    [
        "DROP TRIGGER access_links_at_the_end ON access_links",
        "ALTER TABLE users DISABLE TRIGGER ALL",
        "ALTER TABLE users ADD COLUMN planted INTEGER",
        "DROP TABLE access_links",
        "CREATE TABLE planted (id INTEGER)",
        NO_VERSION,
    ],
)
def test_a_changed_database_is_replaced(change, connect):
    with connect() as connection:
        before = connection.execute("SELECT current_database()").fetchone()
        triggers = connection.execute(TRIGGERS).fetchone()
        connection.execute(change)
    with connect() as connection:
        assert connection.execute("SELECT current_database()").fetchone() != before
        assert connection.execute(TRIGGERS).fetchone() == triggers
        assert connection.execute("SELECT to_regclass('planted')").fetchone() == (None,)


def test_who_was_left_connected_is_cut_off(connect):
    with connect() as left:
        left.execute("BEGIN")
        left.execute("LOCK TABLE users")
        with connect() as connection:
            assert connection.execute("SELECT count(*) FROM users").fetchone() == (0,)
        with pytest.raises(psycopg.OperationalError):
            left.execute("SELECT 1")
