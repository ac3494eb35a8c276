"""Migrations make the tables that the program expects, and can be taken back."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from server.application.factory import create_app
from server.foundation import db
from server.foundation.config import Config
from server.migrations.runner import NotMigrated, downgrade, require_newest, upgrade
from server.migrations.tables import metadata
from server.progress.progress import progress_of
from server.sharing.accesses.models import Read
from server.sharing.accesses.verifying import verify
from server.sharing.grants.models import Grant
from server.timeline.models import Timeline

ROOT = Path(__file__).parents[3]
SAVED = sorted((Path(__file__).parent / "saved").glob("*.sql"))


@pytest.fixture(params=["sqlite", "postgresql"])
def new_engine(request, tmp_path):
    """Makes engines of databases without any table."""
    engines = []

    def make():
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path / f'{len(engines)}.db'}"
        else:
            server = request.getfixturevalue("postgresql")
            url = server.url(server.create("template0"))
        engines.append(db.connect(url))
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture
def engine(new_engine):
    return new_engine()


def differences(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return compare_metadata(context, metadata)


def constraints(engine):
    """Checks and references by table: what the comparison above does not look at."""
    by_table = {}
    for table in metadata.tables:
        inspector = inspect(engine)
        checks = {
            (check["name"], " ".join(check["sqltext"].split())) for check in inspector.get_check_constraints(table)
        }
        references = {(key["name"], tuple(key["constrained_columns"])) for key in inspector.get_foreign_keys(table)}
        by_table[table] = checks | references
    return by_table


def test_the_migrated_tables_are_those_of_the_program(new_engine):
    migrated, made = new_engine(), new_engine()
    upgrade(migrated)
    assert differences(migrated) == []
    metadata.create_all(made)
    assert constraints(migrated) == constraints(made)


def test_going_back_leaves_an_empty_database_and_forward_again_all_of_it(engine):
    upgrade(engine)
    downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    upgrade(engine)
    assert differences(engine) == []


def test_going_back_leaves_out_whom_and_what_the_version_before_does_not_know(engine):
    upgrade(engine)
    at, tables = datetime(2026, 3, 1, tzinfo=UTC), metadata.tables
    photo = {"view": "front", "media_type": "image/jpeg", "sha256": "0" * 64, "width_px": 3, "height_px": 4}
    rows = [
        *(
            ("users", {"id": role, "email": role, "name": role, "role": role, "password_hash": "", "created_at": at})
            for role in ("patient", "guardian")
        ),
        ("timelines", {"id": "timeline", "patient_id": "patient", "seq": 1, "epoch": 1, "created_at": at}),
        (
            "devices",
            {"id": "device", "user_id": "guardian", "kind": "app", "name": "", "token_sha256": "", "created_at": at},
        ),
        ("reads", {"id": "read", "timeline_id": "timeline", "user_id": "guardian", "what": "copy", "at": at}),
        (
            "photos",
            {
                "timeline_id": "timeline",
                "id": "photo-0001",
                "rev": 1,
                "deleted": False,
                "visit_id": "to-come",
                "uploaded": False,
                **photo,
            },
        ),
    ]
    with engine.begin() as connection:
        for table, row in rows:
            connection.execute(tables[table].insert(), row)
    downgrade(engine, "0002")
    with engine.connect() as connection:
        left = {table: connection.scalar(text(f"SELECT count(*) FROM {table}")) for table, _ in rows}
    assert left == {"users": 1, "timelines": 1, "devices": 0, "reads": 0, "photos": 0}


def test_upgrading_again_changes_nothing(engine):
    upgrade(engine)
    upgrade(engine)
    require_newest(engine)


def test_two_that_upgrade_at_once_wait_for_each_other(engine):
    command = [sys.executable, "-m", "server", "db", "upgrade"]
    environ = {**os.environ, "ACNETRACK_DATABASE_URL": engine.url.render_as_string(hide_password=False)}
    both = [subprocess.Popen(command, env=environ, cwd=ROOT) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    require_newest(engine)
    assert differences(engine) == []


def test_a_database_of_another_version_is_refused_with_the_remedy(engine):
    with pytest.raises(NotMigrated, match="acnetrack db upgrade"):
        require_newest(engine)


@pytest.fixture(params=SAVED, ids=lambda path: path.stem)
def saved(request, tmp_path):
    """A database as a release left it."""
    with closing(sqlite3.connect(tmp_path / "acnetrack.db")) as connection:
        connection.executescript(request.param.read_text())
    engine = db.connect(f"sqlite:///{tmp_path / 'acnetrack.db'}")
    yield engine, request.param.stem
    engine.dispose()


def columns(engine):
    inspector = inspect(engine)
    names = set(inspector.get_table_names()) - {"alembic_version"}
    return {name: ", ".join(column["name"] for column in inspector.get_columns(name)) for name in names}


def without_seq(known):
    """Leave out how many rows a timeline has: some become rows of its log only later."""
    return {**known, "timelines": known["timelines"].replace(", seq", "")}


def contents(engine, known):
    """The rows of each table in `known`, by the columns that it had."""
    with engine.connect() as connection:
        return {
            table: sorted(map(repr, connection.execute(text(f"SELECT {names} FROM {table}"))))
            for table, names in known.items()
        }


def test_a_database_of_every_release_becomes_the_newest_and_keeps_every_row(saved):
    engine, version = saved
    known = without_seq(columns(engine))
    before = contents(engine, known)
    assert all(before.values())
    upgrade(engine)
    assert differences(engine) == []
    assert contents(engine, known) == before
    downgrade(engine, version)
    assert contents(engine, known) == before


def test_a_timeline_of_every_release_is_shown_by_the_newest(saved, tmp_path):
    engine, _ = saved
    upgrade(engine)
    app = create_app(Config(database_url=str(engine.url), photo_dir=tmp_path / "photos"))
    with app.app_context():
        (visit,) = progress_of(db.session().scalars(select(Timeline)).one()).visits
        assert (visit.id, visit.assessment.counts["papule"].value) == ("visit-0001", 1)
    app.extensions["acnetrack.engine"].dispose()


def test_grants_and_readings_of_earlier_releases_are_in_the_log_and_in_the_chain(saved):
    engine, _ = saved
    upgrade(engine)
    with Session(engine) as session:
        (grant,) = session.scalars(select(Grant))
        assert (grant.rev, grant.dermatologist_name) == (grant.timeline.seq, grant.dermatologist.name)
        log = verify(session, grant.timeline_id)
        assert (log.count, log.broken) == (len(session.scalars(select(Read)).all()), None)
