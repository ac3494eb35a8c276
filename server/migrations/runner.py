"""Moving a database to another version, each time in one transaction."""

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine


class NotMigrated(Exception):
    """The database has another version than the program; the message says what to run."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database up to `revision`, by default the newest."""
    with engine.begin() as connection:
        command.upgrade(_config(connection=connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to `revision`; `base` is an empty one."""
    with engine.begin() as connection:
        command.downgrade(_config(connection=connection), revision)


def require_newest(engine: Engine) -> None:
    """Check that the database has the program's version.

    Raises:
        NotMigrated: it has an older one, a newer one or none.
    """
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current != newest:
        raise NotMigrated(
            f"The database is at version {current or 'none'}, this program needs {newest}; run `acnetrack db upgrade`."
        )


def _config(**attributes: object) -> AlembicConfig:
    config = AlembicConfig(attributes=attributes)
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config
