"""One PostgreSQL database for test after test, as empty for each as if it were new."""

import psycopg
from psycopg import sql

from tests.postgresql import PostgreSQL

ENDED = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
FIRST_NUMBERS = "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"
CATALOGS = ("pg_attribute", "pg_class", "pg_constraint", "pg_proc", "pg_trigger")
SHAPE = (
    "SELECT oid, (SELECT array_agg(version_num) FROM alembic_version),"
    " (SELECT count(*) FROM pg_database WHERE starts_with(datname, current_database() || '_')), "
    + ", ".join(f"(SELECT (count(*), max(xmin::text::bigint)) FROM {catalog})" for catalog in CATALOGS)
    + " FROM pg_database WHERE datname = current_database()"
)
"""What differs after any change to tables, triggers or functions, and after a restore, which puts another there."""


class Emptied:
    """A database of the newest version; one whose tables a test changed is replaced by a new copy."""

    def __init__(self, server: PostgreSQL) -> None:
        self._server = server
        self._take_another()

    def url(self) -> str:
        """Return its address, emptied of all rows and with nobody connected."""
        if not self._emptied():
            self._server.drop(self._name)
            self._take_another()
        return self._server.url(self._name)

    def _take_another(self) -> None:
        self._name = self._server.create()
        with self._connected() as connection:
            self._shape = connection.execute(SHAPE).fetchone()
            tables = [table for (table,) in connection.execute(TABLES)]
        deletions = [sql.SQL("DELETE FROM {};").format(sql.Identifier(table)) for table in tables]
        # Rows that nobody may delete, and those that others refer to, go too: no trigger fires for a replica.
        self._emptying = sql.SQL("SET session_replication_role = replica; {} {}").format(
            sql.SQL("").join(deletions), sql.SQL(FIRST_NUMBERS)
        )

    def _emptied(self) -> bool:
        try:
            with self._connected() as connection:
                connection.execute(ENDED, [connection.info.backend_pid])
                if connection.execute(SHAPE).fetchone() != self._shape:
                    return False
                connection.execute(self._emptying)
        except psycopg.OperationalError:
            return False
        return True

    def _connected(self) -> psycopg.Connection:
        return psycopg.connect(self._server.url(self._name), autocommit=True)
