"""What has to work before the server starts: a setting that is well written can still name something of no use."""

import logging
import tempfile
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from server.delivery.shelf import built_in
from server.foundation.config import Config, ConfigError
from server.foundation.http.counters import impatient
from server.foundation.log.json_lines import OURS
from server.phone.helplines.table import helplines
from server.photos.store import opened_store

log = logging.getLogger(OURS)

PRIVATE = 0o077
"""The umask of server and commands: what they write, records, backups and exports, is their user's alone."""


def require_usable(config: Config) -> None:
    """Refuse to start with settings that cannot work, without making anything but the photo folder.

    A Redis that does not answer is only warned of: without it attempts are counted in the database.

    Raises:
        ConfigError: the message names the setting and the remedy.
    """
    opened_store(config)
    if not config.photo_store:
        _refuse_unwritable("PHOTO_DIR", config.photo_dir)
    _refuse_unwritable("MODEL_STORE_DIR", config.model_store_dir)
    if built_in(config) is None:
        raise ConfigError(
            f"ACNETRACK_MODELS_DIR holds no bundle that can be read: {config.models_dir}; set it to the folder of one,"
            " or unset it for the one that comes with the server."
        )
    helplines(config)
    if config.redis_url and config.attempts_limited:
        _try_redis(config.redis_url)


def _refuse_unwritable(name: str, folder: Path) -> None:
    """Write to the folder or, where it is still to be made, to the one that it will be made in."""
    try:
        place = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        tempfile.TemporaryFile(dir=place).close()
    except OSError as error:
        raise ConfigError(
            f"ACNETRACK_{name} cannot be written to: {folder} ({error.strerror}); set it to a folder that the server's"
            " user may write to."
        ) from error


def _try_redis(url: str) -> None:
    try:
        with Redis.from_url(url, **impatient()) as redis:
            redis.ping()
    except ValueError as error:
        raise ConfigError("ACNETRACK_REDIS_URL is no address; for example redis://localhost:6379/0.") from error
    except RedisError as error:
        log.warning("redis does not answer", extra={"error": type(error).__qualname__})
