"""Migrations make the tables that the program expects, and can be taken back."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text

from server import db
from server.app import create_app
from server.config import Config
from server.migrations.runner import NotMigrated, downgrade, require_newest, upgrade
from server.migrations.tables import metadata
from server.timeline.models import Timeline
from server.timeline.progress import progress_of

SAVED = sorted((Path(__file__).parent / "saved").glob("*.sql"))


@pytest.fixture
def engine(tmp_path):
    engine = db.connect(f"sqlite:///{tmp_path / 'acnetrack.db'}")
    yield engine
    engine.dispose()


def differences(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return compare_metadata(context, metadata)


def constraints(engine):
    """Checks and references by table: what the comparison above does not look at."""
    found = {}
    for table in metadata.tables:
        inspector = inspect(engine)
        checks = {
            (check["name"], " ".join(check["sqltext"].split())) for check in inspector.get_check_constraints(table)
        }
        references = {(key["name"], tuple(key["constrained_columns"])) for key in inspector.get_foreign_keys(table)}
        found[table] = checks | references
    return found


def test_the_migrated_tables_are_those_of_the_program(engine, tmp_path):
    upgrade(engine)
    assert differences(engine) == []
    made = db.connect(f"sqlite:///{tmp_path / 'made.db'}")
    metadata.create_all(made)
    assert constraints(engine) == constraints(made)
    made.dispose()


def test_going_back_leaves_an_empty_database_and_forward_again_all_of_it(engine):
    upgrade(engine)
    downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    upgrade(engine)
    assert differences(engine) == []


def test_upgrading_again_changes_nothing(engine):
    upgrade(engine)
    upgrade(engine)
    require_newest(engine)


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


def contents(engine, tables):
    with engine.connect() as connection:
        return {table: sorted(map(repr, connection.execute(text(f"SELECT * FROM {table}")))) for table in tables}


def test_a_database_of_every_release_becomes_the_newest_and_keeps_every_row(saved):
    engine, version = saved
    tables = set(inspect(engine).get_table_names()) - {"alembic_version"}
    before = contents(engine, tables)
    assert all(before.values())
    upgrade(engine)
    assert differences(engine) == []
    assert contents(engine, tables) == before
    downgrade(engine, version)
    assert contents(engine, tables) == before


def test_a_timeline_of_every_release_is_shown_by_the_newest(saved, tmp_path):
    engine, _ = saved
    upgrade(engine)
    app = create_app(Config(database_url=str(engine.url), photo_dir=tmp_path / "photos"))
    with app.app_context():
        (visit,) = progress_of(db.session().scalars(select(Timeline)).one()).visits
        assert (visit.id, visit.assessment.counts["papule"].value) == ("visit-0001", 1)
    app.extensions["acnetrack.engine"].dispose()
