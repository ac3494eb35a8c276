"""What gunicorn serves: `gunicorn server.wsgi:app`, with the settings in the environment."""

import os
import sys

from gunicorn.arbiter import Arbiter
from sqlalchemy.exc import DatabaseError

from server.app import create_app
from server.config import Config, ConfigError
from server.engines import why_unusable
from server.migrations.runner import NotMigrated, require_newest
from server.own_data.erasure import finish_erasures
from server.starting import PRIVATE, require_usable

os.umask(PRIVATE)
try:
    config = Config.from_env()
    require_usable(config)
    app = create_app(config)
    require_newest(app.extensions["acnetrack.engine"])
    with app.app_context():
        finish_erasures()
except ConfigError as error:
    print(f"acnetrack: {error}", file=sys.stderr)
    sys.exit(Arbiter.WORKER_BOOT_ERROR)  # Gunicorn ends on this one: a setting is not mended by starting again.
except NotMigrated as error:
    print(f"acnetrack: {error}", file=sys.stderr)
    sys.exit(2)
except DatabaseError as error:
    urls = "ACNETRACK_DATABASE_URL or ACNETRACK_JOURNAL_URL"
    print(f"acnetrack: {urls} cannot be opened: {why_unusable(error)}.", file=sys.stderr)
    sys.exit(2)
