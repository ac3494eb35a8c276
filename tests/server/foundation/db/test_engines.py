"""What each database is asked for: durability, limits, and errors that quote nobody's data."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, TimeoutError

from server.foundation import db
from server.foundation.config import ConfigError
from server.foundation.db import engines
from server.foundation.db.engines import connect, lost_race
from server.people.accounts.models import User

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def engine(database_url):
    engine = connect(database_url, threads=2)
    yield engine
    engine.dispose()


@on_sqlite
@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)])
def test_sqlite_is_durable_and_checks_references(engine, pragma, value):
    with engine.connect() as connection:
        assert connection.scalar(text(f"PRAGMA {pragma}")) == value


@on_postgresql
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("statement_timeout", "30s"),
        ("lock_timeout", "15s"),
        ("idle_in_transaction_session_timeout", "1min"),
        ("synchronous_commit", "off"),  # The tests' own server says so; nothing of ours overrides the operator's.
    ],
)
def test_postgresql_ends_what_takes_too_long(engine, setting, value):
    with engine.connect() as connection:
        assert connection.scalar(text(f"SHOW {setting}")) == value


@on_postgresql
def test_a_plain_address_of_postgresql_is_by_psycopg(engine):
    assert (engine.dialect.name, engine.driver) == ("postgresql", "psycopg")


@pytest.mark.parametrize("url", ["", "nonsense", "oracle://somewhere/db", "mysql://somewhere/db"])
def test_another_database_is_refused_with_one_that_works(url):
    with pytest.raises(ConfigError, match="postgresql://"):
        connect(url)


@pytest.mark.both_databases
def test_an_error_of_the_database_quotes_no_value(app, patient):
    with app.app_context(), pytest.raises(IntegrityError) as failure, db.write() as session:
        there = session.query(User).one()
        columns = {column.key: getattr(there, column.key) for column in User.__table__.columns}
        session.add(User(**{**columns, "id": "somebody-else"}))
    shown = f"{failure.value!r} {failure.value} {failure.value.orig!r}"
    assert patient.email not in shown
    assert "users" in shown


@on_postgresql
def test_a_pool_has_one_connection_more_than_threads_and_does_not_wait_for_ever(engine, monkeypatch):
    monkeypatch.setattr(engine.pool, "_timeout", 0.01)
    taken = [engine.connect() for _ in range(3)]
    with pytest.raises(TimeoutError):
        engine.connect()
    for connection in taken:
        connection.close()


@on_postgresql
def test_a_connection_that_was_cut_is_replaced_unnoticed(engine, postgresql):
    with engine.connect() as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
    postgresql.execute(f"SELECT pg_terminate_backend({pid}, 10000)")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != pid


@on_postgresql
def test_a_statement_that_waits_too_long_for_a_lock_fails_as_busy(engine):
    query = text("SELECT * FROM timelines FOR UPDATE")
    lock = text("LOCK TABLE timelines IN ACCESS EXCLUSIVE MODE")
    with engine.begin() as first, engine.connect() as second:
        first.execute(lock)
        second.execute(text("SET lock_timeout = 20"))
        with pytest.raises(OperationalError) as failure:
            second.execute(query)
    assert failure.value.orig.sqlstate == "55P03"


@pytest.mark.both_databases
def test_what_is_read_outside_a_write_is_of_one_moment(engine):
    count = text("SELECT count(*) FROM model_releases")
    release = "INSERT INTO model_releases VALUES ('lesions', '1', 0, {false}, '2026-01-01')"
    with engine.connect() as reader, engine.connect() as writer:
        assert reader.scalar(count) == 0
        writer.execute(text(release.format(false="false")))
        writer.commit()
        assert reader.scalar(count) == 0
        reader.rollback()
        assert reader.scalar(count) == 1


def test_an_error_that_is_none_of_a_race_is_not_one(engine):

    with engine.connect() as connection, pytest.raises(DBAPIError) as failure:
        connection.execute(text("SELECT nothing"))
    assert not lost_race(failure.value)


@on_sqlite
def test_a_writer_waits_for_another_and_is_told_to_come_back_when_that_takes_too_long(
    database_url, monkeypatch, request
):
    monkeypatch.setattr(engines, "WAIT_SECONDS", 0.01)
    app, account = (
        request.getfixturevalue("app"),
        {"email": "k@example.org", "name": "K", "role": "guardian", "adult": True},
    )
    with app.extensions["acnetrack.engine"].connect().execution_options(begin="IMMEDIATE") as other, other.begin():
        answer = app.test_client().post("/v1/accounts", json={**account, "password": "long enough to be one"})
    assert (answer.status_code, answer.json["code"]) == (503, "busy")
    assert int(answer.headers["Retry-After"]) > 0


@on_sqlite
def test_no_reader_keeps_the_write_ahead_log_from_being_written_back(patient, visit_row, config):
    for number in range(30):
        rows = [visit_row(f"visit-{number:04}-{row:04}", note="x" * 5000) for row in range(80)]
        assert patient.push(visits=rows) == []
        patient.pull(limit=10)
    log = Path(f"{config.database_url.removeprefix('sqlite:///')}-wal")
    assert log.stat().st_size < 8_000_000  # Of 12 MB written; SQLite writes back from 4 MB on.
