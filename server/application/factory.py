"""The application factory: settings in, a Flask application with everything registered out."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask_smorest import Blueprint as ApiBlueprint
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from server.application import health
from server.application.safety import safe_settings
from server.assessing import views as assessing
from server.delivery import views as delivery
from server.fhir import views as fhir
from server.foundation import db
from server.foundation.clock import Clock, SystemClock
from server.foundation.config import Config
from server.foundation.http import api, bodies, errors, nul, rate_limits, security_headers
from server.foundation.http.retrying import RetryingFlask
from server.foundation.journal import recording as journal
from server.foundation.keys.folder import FolderKeyRing
from server.foundation.log import request_log
from server.guardianship import views as guardians
from server.migrations.runner import require_newest
from server.own_data import views as own_data
from server.own_data import ward_views as ward_data
from server.pages import patients as review
from server.pages import report as reports
from server.pages import views as web
from server.people import account_views as accounts
from server.people import credential_views as credentials
from server.phone import views as phone
from server.phone.helplines import views as helplines
from server.photos import views as photos
from server.photos.store import PhotoStore, opened_store
from server.photos.tus import views as uploads
from server.sharing.accesses import views as audit
from server.sharing.grants import views as sharing
from server.sharing.notes import views as notes
from server.sync import row_schemas
from server.sync import views as sync
from server.sync.rx import views as rxdb
from server.timeline import schema_views as published_schemas
from server.timeline import views as sign_up

PARTS = (
    health,
    sign_up,
    published_schemas,
    accounts,
    credentials,
    guardians,
    sync,
    rxdb,
    photos,
    uploads,
    sharing,
    audit,
    own_data,
    ward_data,
    notes,
    delivery,
    assessing,
    fhir,
    helplines,
    review,
    reports,
    web,
    phone,
)
"""The modules whose `blueprint` is served: `server.foundation.http.api.Blueprint` in the API, Flask's own as pages."""

csrf = CSRFProtect()


def create_app(config: Config, clock: Clock | None = None, store: PhotoStore | None = None) -> Flask:
    """Return the server for `config`; it expects a database that is migrated to the newest version."""
    app = RetryingFlask("server", template_folder="pages/templates", static_folder="pages/static")
    app.extensions["acnetrack.config"] = config
    app.extensions["acnetrack.clock"] = clock or SystemClock()
    app.extensions["acnetrack.photos"] = store or opened_store(config)
    app.extensions["acnetrack.keys"] = keys = FolderKeyRing(config.key_dir, config.master_key)
    if config.production:
        keys.prepare()
        keys.require_master()
    app.config.update(
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME="__Host-session" if config.production else "session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.production,
        MAX_CONTENT_LENGTH=bodies.SHORT_BYTES,
        MAX_FORM_MEMORY_SIZE=bodies.SHORT_BYTES,
    )
    if config.trusted_proxies:
        proxies = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    request_log.init_app(app)
    db.init_app(app, config.database_url, config.threads)
    journal.init_app(app, config.journal_address)
    errors.init_app(app)
    bodies.init_app(app)
    nul.init_app(app)
    csrf.init_app(app)
    _register(app)
    rate_limits.init_app(app, config.redis_url, config.attempts_limited)
    app.context_processor(lambda: {"source_url": config.source_url})
    security_headers.init_app(app)
    return app


@contextmanager
def application() -> Iterator[Flask]:
    """Open the application of the environment's settings, for a command that works beside the server.

    Raises:
        ConfigError, NotMigrated: the settings or the database are not those of this program.
    """
    app = create_app(safe_settings())
    try:
        require_newest(app.extensions["acnetrack.engine"])
        with app.app_context():
            yield app
    finally:
        for name in ("acnetrack.engine", "acnetrack.journal"):
            app.extensions[name].dispose()


def _register(app: Flask) -> None:
    served = api.init_app(app)
    for part in PARTS:
        if isinstance(part.blueprint, ApiBlueprint):
            csrf.exempt(part.blueprint)
            served.register_blueprint(part.blueprint)
        else:
            app.register_blueprint(part.blueprint)
    served.describe_also(row_schemas.describe)
