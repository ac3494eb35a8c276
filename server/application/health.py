"""Whether the process answers, and whether it can do its work."""

import logging
from collections.abc import Callable, Mapping

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from server.delivery.handing_out import ModelMissing
from server.delivery.shelf import all_shelved
from server.foundation import db
from server.foundation.config import ConfigError
from server.foundation.http.api import Blueprint
from server.foundation.http.errors import Problem
from server.foundation.journal.recording import journal
from server.foundation.keys.errors import EncryptionError
from server.foundation.keys.folder import FolderKeyRing
from server.foundation.log.json_lines import OURS, failure
from server.migrations.runner import NotMigrated, require_newest
from server.photos.store import PhotoStoreAway, store

log = logging.getLogger(OURS)
blueprint = Blueprint("health", __name__, description="Whether the server can do its work")


class NotReady(Problem):
    """Something that every request needs cannot be used."""

    status = 503
    code = "not_ready"
    headers = {"Retry-After": "5"}  # noqa: RUF012 – a constant of the class, as in its base


def _store_takes_bytes() -> None:
    store().put("ready/probe", b"ready")
    store().delete("ready/probe")


def _keys_open() -> None:
    keys: FolderKeyRing = current_app.extensions["acnetrack.keys"]
    keys.prepare()
    keys.require_master()


def _model_is_here() -> None:
    if next(all_shelved(), None) is None:
        raise ModelMissing


NEEDED: Mapping[str, Callable[[], None]] = {
    "database": lambda: require_newest(db.engine()),
    "journal": lambda: journal().prepare(),
    "photo store": _store_takes_bytes,
    "keys": _keys_open,
    "models": _model_is_here,
}


@blueprint.get("/healthz")
@blueprint.response(200)
def healthz() -> dict[str, str]:
    """Answer as long as the process does: restart it where it does not."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@blueprint.response(200)
def readyz() -> dict[str, str]:
    """Answer once database, stores, keys and models can be used; send nobody here while it is 503."""
    refuse_unready()
    return {"status": "ready"}


def refuse_unready() -> None:
    """Check everything that requests need.

    Raises:
        NotReady: some of it cannot be used; the log says why.
    """
    unusable = [name for name, check in NEEDED.items() if not _usable(check)]
    if unusable:
        raise NotReady(f"Not usable now: {', '.join(unusable)}. Try again in a moment.")


def _usable(check: Callable[[], None]) -> bool:
    try:
        check()
    except (SQLAlchemyError, NotMigrated, OSError, PhotoStoreAway, ConfigError, EncryptionError, ModelMissing) as error:
        log.error("not ready", extra=failure(error))
        return False
    return True
