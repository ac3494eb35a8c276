"""Migrations make the tables that the program expects, and can be taken back."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from server import db
from server.migrations.runner import NotMigrated, downgrade, require_newest, upgrade
from server.migrations.tables import metadata


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
