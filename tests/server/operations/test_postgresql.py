"""A PostgreSQL that looks after itself is no server that is in use."""

import psycopg
import pytest

from server.operations.errors import ServerRunning
from server.operations.postgresql import PostgresqlDatabase
from tests.postgresql import QUICK, PostgreSQL, programs

SLOWLY = "autovacuum_vacuum_threshold = 1, autovacuum_vacuum_cost_limit = 1, autovacuum_vacuum_cost_delay = 100"
AT_WORK = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker' AND datname = %s"


@pytest.fixture
def tidying(postgresql):
    """A database in which autovacuum has begun its work and has long to go."""
    server = PostgreSQL(programs(), {**QUICK, "autovacuum_naptime": "1s"})
    name = server.create("template0")
    with psycopg.connect(server.url(name), autocommit=True) as connection:
        connection.execute(f"CREATE TABLE rows (n int) WITH ({SLOWLY})".encode())
        connection.execute("INSERT INTO rows SELECT generate_series(1, 200000)")
        connection.execute("DELETE FROM rows")
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        while connection.execute(AT_WORK, [name]).fetchone() == (0,):
            pass
    yield PostgresqlDatabase(server.url(name)), server.url(name)
    server.stop()


def test_autovacuum_does_not_stop_a_restore(tidying):
    database, url = tidying
    database.require_offline()
    with psycopg.connect(url), pytest.raises(ServerRunning):
        database.require_offline()
