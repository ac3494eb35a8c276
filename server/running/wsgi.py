"""What gunicorn serves: `gunicorn server.running.wsgi:app`, with the settings in the environment."""

import os
import sys

from gunicorn.arbiter import Arbiter
from sqlalchemy.exc import DatabaseError

from server.application.factory import create_app
from server.application.safety import safe_settings
from server.foundation.config import ConfigError
from server.foundation.db.engines import why_unusable
from server.migrations.runner import NotMigrated, require_newest
from server.own_data.erasure import finish_erasures
from server.running.starting import PRIVATE, require_usable

os.umask(PRIVATE)
try:
    config = safe_settings()
    require_usable(config)
    app = create_app(config)
    app.extensions["acnetrack.keys"].prepare()
    app.extensions["acnetrack.keys"].declare_live()
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
